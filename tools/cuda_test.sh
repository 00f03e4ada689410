#!/bin/sh
# Builds the CUDA plugins and their tests, and runs them on this machine's GPU. A case that is skipped for
# want of one fails: that a GPU is here is what this script is for.
# usage: tools/cuda_test.sh [BUILD_DIR [CMAKE_OPTION...]]   (default: build-cuda)
#        tools/cuda_test.sh --run TEST_PROGRAM               one that was built elsewhere
set -eu
if [ "${1:-}" = --run ]; then
  program=$2
else
  build=${1:-build-cuda}
  [ $# -eq 0 ] || shift
  cmake -S "$(dirname "$0")/.." -B "$build" -DCOLONNADE_PLUGINS=ON "$@" >/dev/null
  cmake --build "$build" --target test_plugin_core -j "$(nproc)"
  program=$build/plugins/test_plugin_core
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$program" >"$log" 2>&1 || { cat "$log"; exit 1; }
cat "$log"
! grep -q SKIPPED "$log" || { echo "some cases didn't run"; exit 1; }
