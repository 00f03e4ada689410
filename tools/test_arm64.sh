#!/usr/bin/env bash
# Builds Colonnade for arm64, runs its tests under qemu-user on the small graphs, and holds the
# command's boxes against another build's.
# Exit status 77 where the cross compiler or qemu is missing and can't be installed.
# usage: test_arm64.sh BUILD_DIR [COLONNADE]    COLONNADE: this machine's command, to compare with
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { echo "usage: test_arm64.sh BUILD_DIR [COLONNADE]" >&2; exit 2; }
build=$1
native=${2:-}
jobs=${JOBS:-$(nproc)}

if ! command -v aarch64-linux-gnu-g++ >/dev/null || ! command -v qemu-aarch64-static >/dev/null; then
  packages="g++-aarch64-linux-gnu qemu-user-static"
  if [ "$(id -u)" != 0 ]; then
    echo "Missing packages; as root, run:  apt-get install -y --no-install-recommends $packages" >&2
    exit 77
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends $packages >/dev/null
fi
sysroot=$(realpath -m "$build/sysroot")
tools/make_sysroot.sh arm64 "$(aarch64-linux-gnu-g++ -dumpversion)" "$sysroot"

# -O1: a third less to compile, and qemu translates either equally slowly.
cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
  -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/aarch64-linux-gnu.cmake -DCOLONNADE_SYSROOT="$sysroot" \
  >"$build/configure.log" || { cat "$build/configure.log"; exit 1; }
# What computes, reads files or asks the machine; real exports and /proc's memory are too much for
# an emulator, and the rest is the same code on every architecture.
modules="base cloud cpu golden npy stages"
export GTEST_FILTER='-*OfTheModelThatShips'  # 68 GFLOP.
cmake --build "$build" -j "$jobs" --target colonnade_command make_demo_model make_sample_sweep \
  $(printf 'test_%s ' $modules) >"$build/build.log" || { tail -n 40 "$build/build.log"; exit 1; }
COLONNADE_FIXTURES=none ctest --test-dir "$build" -j "$jobs" --output-on-failure --timeout 900 \
  -R "^(set_up\..*|${modules// /|}|cli\.isa)\$" | tail -n 40

emulated=$build/tests/cli/colonnade_emulated
model=$build/tests/cli/model/model.yaml
sweep=$build/tests/cli/street.bin
"$emulated" detect "$model" "$sweep" --json >"$build/arm64.json"
echo "arm64: $("$emulated" detect "$model" "$sweep" | head -n 1)"
if [ -n "$native" ]; then
  "$native" detect "$model" "$sweep" --json >"$build/native.json"
  echo "here:  $("$native" detect "$model" "$sweep" | head -n 1)"
  python3 tools/compare_boxes.py "$build/native.json" "$build/arm64.json" 1e-4
fi
