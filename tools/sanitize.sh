#!/usr/bin/env bash
# Builds and runs tests under sanitizers, on small graphs and small files.
#   address  AddressSanitizer and UndefinedBehaviorSanitizer: everything that reads a user's file or
#            computes. With clang it's the fuzzers' build (build-fuzz), so that one serves both.
#   thread   ThreadSanitizer: everything that runs on several threads (build-tsan).
# usage: [CXX=COMPILER] sanitize.sh address|thread [JOBS] [CMAKE_OPTION...]   clang++ if it's there
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${2:-$(nproc)}
compiler=${CXX:-$(command -v clang++ || command -v g++)}
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

case ${1:-} in
  address)
    build=build-asan
    options=-DCOLONNADE_SANITIZE=address
    case $compiler in *clang++) build=build-fuzz options=-DCOLONNADE_FUZZ=ON ;; esac
    # Not locale's: glibc keeps a path of each locale that it opens, which counts as a leak. The
    # simulator reads nobody's files and is an option of its own.
    modules=$(cd tests/unit && ls | grep -vx -e locale -e simulator)
    more=
    tests="^($(echo $modules | tr ' ' '|'))\.|^set_up\.fixtures$"
    run= ;;
  thread)
    build=build-tsan
    options=-DCOLONNADE_SANITIZE=thread
    modules="base cpu detector measure"
    more=colonnade_command
    tests="^(base|cpu|detector|measure)\."
    # Where the kernel scatters mappings wider than clang 14's runtime knows, it can't start.
    run="setarch $(uname -m) -R" ;;
  *)
    sed -n '2,6p' "$0" >&2
    exit 2 ;;
esac

targets=$more
for module in $modules; do targets="$targets test_$module"; done
cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" $options "${@:3}" >/dev/null
cmake --build "$build" -j "$jobs" --target $targets >"$build/build.log" || { tail -n 40 "$build/build.log"; exit 1; }
$run ctest --test-dir "$build" -R "$tests" --output-on-failure -j "$jobs" | tail -n 15
