#!/bin/sh
# Fails where clang-format would change a tracked C++ file. Versions differ in details: the one that
# counts is 14, of Debian 12 and Ubuntu 22.04.
set -eu
cd "$(dirname "$0")/.."
formatter=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$formatter" ] || ! "$formatter" --version | grep -q 'version 14\.'; then
  echo "clang-format 14 isn't installed"
  exit 77
fi
find include src apps examples plugins tests bench fuzz tools training \
  \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' \) -print0 |
  xargs -0 "$formatter" --dry-run --Werror
