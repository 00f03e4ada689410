#!/bin/sh
# Makes samples/: simulated front views with cars, people and cyclists, as a newcomer's first clouds.
# usage: make_samples.sh BUILD_DIR [OUT]
# Chosen among the first 30 of the seed for their people and cyclists.
set -eu
simulate=$1/training/simulator/colonnade-simulate
out=${2:-$(dirname "$0")/../samples}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir -p "$out"
for frame in 2 21 24; do
  "$simulate" --out "$made" --seed 2026 --first $frame --frames 1 --view camera >"$made/log"
  name=$(printf %06d $frame)
  cp "$made/training/velodyne/$name.bin" "$out/street_$name.bin"
  cp "$made/training/label_lidar/$name.txt" "$out/street_$name.txt"
done
