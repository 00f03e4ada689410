#!/bin/sh
# Makes .venv with what training needs, and builds the simulator and the command. Then runs what is
# given in it: training/environment.sh python3 -m training.train --out runs/kitti3
set -eu
cd "$(dirname "$0")/.."
if ! [ -x .venv/bin/python3 ] || ! .venv/bin/python3 -c 'import torch, numpy, onnx, yaml' 2>/dev/null; then
  python3 -m venv .venv
  .venv/bin/python3 -m pip install -q -r training/requirements.txt
fi
tools/install_dependencies.sh
cmake -S . -B build -G Ninja -DCOLONNADE_SIMULATOR=ON >/dev/null
cmake --build build --target simulate_command colonnade_command
[ $# -eq 0 ] || PATH="$PWD/.venv/bin:$PATH" exec "$@"
