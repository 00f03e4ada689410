#!/bin/sh
# Fails where clang-format would change a tracked C++ file.
set -eu
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null 2>&1; then
  echo "clang-format isn't installed"
  exit 77
fi
find include src apps tests bench examples tools \( -name '*.hpp' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --dry-run --Werror
