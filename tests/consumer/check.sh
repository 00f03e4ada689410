#!/bin/sh
# Installs the build tree's library, builds tests/consumer against it, runs it.
# usage: check.sh CMAKE BUILD_DIR SOURCE_DIR GENERATOR CXX
set -eu
cmake=$1 build=$2 source=$3 generator=$4 cxx=$5
prefix=$build/consumer/prefix
rm -rf "$build/consumer"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
"$cmake" -S "$source/tests/consumer" -B "$build/consumer/build" -G "$generator" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
"$cmake" --build "$build/consumer/build"
LD_LIBRARY_PATH=$prefix/lib "$build/consumer/build/consumer"
