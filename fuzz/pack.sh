#!/bin/sh
# The fuzzers as a folder for another x86-64 Linux machine of the same or a newer glibc: targets,
# seeds, run.sh, and the shared libraries that they need beside them. There: OUT_DIR/run.sh SECONDS
# usage: pack.sh OUT_DIR [BUILD_DIR]
set -eu
[ $# -ge 1 ] || { sed -n '2,4p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
out=$1
build=$(cd "${2:-$here/../build-fuzz}" && pwd)
rm -rf "$out"
mkdir -p "$out/lib"
cp -r "$build/fuzz/seeds" "$here/run.sh" "$out"
for target in "$build"/fuzz/fuzz_*; do
  [ -f "$target" ] && [ -x "$target" ] || continue
  # Line tables are the largest part; names of functions stay for the reports.
  objcopy --strip-debug "$target" "$out/$(basename "$target")"
  # All but glibc's own libraries, which belong to that machine's loader.
  ldd "$target" | awk '$2 == "=>" { print $3 }' |
    grep -Ev '/lib(c|m|dl|rt|pthread|resolv)\.so|/ld-' | xargs -I LIB cp -nL LIB "$out/lib" || true
done
du -sh "$out"
