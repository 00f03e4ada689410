#!/bin/sh
# Installs the build tree's library, builds tests/consumer, examples/ and the pages' C++ against it, runs all
# programs; the pages' example finds boxes where the build has the demo model's maker.
# usage: check.sh CMAKE BUILD_DIR SOURCE_DIR GENERATOR CXX
set -eu
cmake=$1 build=$2 source=$3 generator=$4 cxx=$5
prefix=$build/consumer/prefix pages=$build/consumer/pages
rm -rf "$build/consumer"
mkdir -p "$pages"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
for file in bin/colonnade share/man/man1/colonnade.1 share/man/man1/colonnade-detect.1 \
  share/bash-completion/completions/colonnade share/zsh/site-functions/_colonnade \
  share/fish/vendor_completions.d/colonnade.fish; do
  [ -s "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done

block() {  # PAGE N: the page's Nth block of C++
  awk -v n="$2" '/^```/ && inside {inside = 0} inside && k == n {print} /^```cpp/ {inside = 1; ++k}' \
    "$source/$1"
}
block docs/cpp_api.md 1 >"$pages/example.cpp"
block docs/cpp_api.md 2 >"$pages/engine_file.inc"
block docs/cpp_api.md 3 >"$pages/graph_engine.inc"
block docs/cpp_api.md 4 >"$pages/point_cloud2.inc"
block README.md 1 >"$pages/readme.inc"
"$cmake" -S "$source/tests/consumer" -B "$build/consumer/build" -G "$generator" -DPAGES="$pages" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
"$cmake" --build "$build/consumer/build"
"$cmake" -S "$source/examples/onnx2engine" -B "$build/consumer/onnx2engine" -G "$generator" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
"$cmake" --build "$build/consumer/onnx2engine"
export LD_LIBRARY_PATH="$prefix/lib"
"$build/consumer/build/consumer"
if [ -x "$build/tools/make_demo_model" ] && [ -x "$build/tools/make_sample_sweep" ]; then
  "$build/tools/make_demo_model" "$build/consumer/model" --small
  "$build/tools/make_sample_sweep" "$build/consumer/street.bin"
  "$build/consumer/build/example" "$build/consumer/model/model.yaml" "$build/consumer/street.bin" |
    tee "$build/consumer/boxes"
  grep -q ' at ' "$build/consumer/boxes"
fi

# The founding experiment: three graphs, three engines, which the second run finds as they are.
mkdir -p "$build/consumer/kitti3"
cp "$source"/models/kitti3/*.onnx "$source/models/kitti3/weights.bin" "$build/consumer/kitti3"
for said in built reused; do
  "$build/consumer/onnx2engine/onnx2engine" "$build/consumer/kitti3" | tee "$build/consumer/engines"
  [ "$(grep -c "^$said .*engine: [0-9]* bytes" "$build/consumer/engines")" = 3 ]
done
