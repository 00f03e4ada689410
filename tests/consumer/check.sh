#!/bin/sh
# Installs the build tree's library, builds tests/consumer and docs/cpp_api.md's example against it,
# runs both; the example finds boxes where the build has the demo model's maker.
# usage: check.sh CMAKE BUILD_DIR SOURCE_DIR GENERATOR CXX
set -eu
cmake=$1 build=$2 source=$3 generator=$4 cxx=$5
prefix=$build/consumer/prefix
rm -rf "$build/consumer"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
mkdir -p "$build/consumer"
awk '/^```/ && seen {exit} seen {print} /^```cpp/ {seen = 1}' "$source/docs/cpp_api.md" \
  >"$build/consumer/example.cpp"
"$cmake" -S "$source/tests/consumer" -DEXAMPLE="$build/consumer/example.cpp" -B "$build/consumer/build" -G "$generator" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
"$cmake" --build "$build/consumer/build"
export LD_LIBRARY_PATH="$prefix/lib"
"$build/consumer/build/consumer"
if [ -x "$build/tools/make_demo_model" ] && [ -x "$build/tools/make_sample_sweep" ]; then
  "$build/tools/make_demo_model" "$build/consumer/model" --small
  "$build/tools/make_sample_sweep" "$build/consumer/street.bin"
  "$build/consumer/build/example" "$build/consumer/model/model.yaml" "$build/consumer/street.bin" |
    tee "$build/consumer/boxes"
  grep -q ' at ' "$build/consumer/boxes"
fi
