#!/bin/sh
# Makes a sample sweep and a seeded network, detects, leaves a picture.
# usage: demo.sh BUILD_DIR
set -eu
build=$1
out=$build/demo
mkdir -p "$out"
"$build/tools/make_sample_sweep" "$out/street.bin"
"$build/tools/make_demo_model" "$out/model"
"$build/apps/colonnade/colonnade" detect "$out/model/model.yaml" "$out/street.bin" \
  --picture "$out/detections.png" --stats
echo
echo "picture: $out/detections.png"
