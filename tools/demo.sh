#!/bin/sh
# Detects on a sample sweep with the model that ships, leaves a picture.
# usage: demo.sh BUILD_DIR
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
out=$1/demo
mkdir -p "$out"
"$1/apps/colonnade/colonnade" detect "$here/models/kitti3/model.yaml" \
  "$here/samples/street_000024.bin" --score 0.3 --picture "$out/detections.png" --stats
echo
echo "picture: $out/detections.png"
