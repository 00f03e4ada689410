#!/bin/sh
# Runs each target for SECONDS on the machine's cores, beginning with its seeds, and prints the
# ledger's table. Exit status 1 on any finding; the inputs are kept in OUT/findings. In the project
# it builds the targets first; in a folder that pack.sh made it runs what lies beside it.
# usage: run.sh SECONDS [TARGET...]
#   OUT      corpora, logs and findings (out/ beside the targets)
#   WORKERS  processes a target (1)      JOBS  targets at once (cores / WORKERS)
set -eu
[ $# -ge 1 ] || { sed -n '2,7p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
seconds=$1
shift
BIN=$here
if [ ! -e "$here/fuzz_onnx" ]; then
  build=$here/../build-fuzz
  if [ -z "${FUZZ_ONE:-}" ]; then
    cmake -S "$here/.." -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCOLONNADE_FUZZ=ON >&2
    cmake --build "$build" --target fuzz >&2
  fi
  BIN=$(cd "$build/fuzz" && pwd)
fi
OUT=${OUT:-$BIN/out}
WORKERS=${WORKERS:-1}
JOBS=${JOBS:-$(($(nproc) / WORKERS))}
[ "$JOBS" -ge 1 ] || JOBS=1
[ $# -gt 0 ] || set -- $(cd "$BIN" && ls -d fuzz_* | sed 's/^fuzz_//')

# clang 14's runtime can't start where the kernel scatters mappings too widely.
still=
setarch "$(uname -m)" -R true 2>/dev/null && still="setarch $(uname -m) -R"

# A finding ends a process; the time that is left goes to another one, for a few times.
run_worker() {  # TARGET LOG
  longest=4096
  case $1 in onnx | engine) longest=16384 ;; esac
  dictionary=
  [ -e "$BIN/seeds/$1.dict" ] && dictionary=-dict=$BIN/seeds/$1.dict
  end=$(($(date +%s) + seconds))
  starts=0
  while [ "$starts" -lt 20 ] && [ "$(date +%s)" -lt "$end" ]; do
    starts=$((starts + 1))
    # Workers of a target share a corpus folder and look into it now and then (-reload).
    $still "$BIN/fuzz_$1" "$OUT/corpus/$1" "$BIN/seeds/$1" $dictionary \
      -max_total_time=$((end - $(date +%s))) -timeout=20 -rss_limit_mb=2048 -max_len="$longest" \
      -reload=30 -print_final_stats=1 -artifact_prefix="$OUT/findings/$1-" >>"$2" 2>&1 && return
  done
  echo failed >>"$OUT/$1.failed"
}

run_target() {  # TARGET: OUT/TARGET.log.N, and OUT/TARGET.failed where there were findings
  mkdir -p "$OUT/corpus/$1" "$OUT/findings"
  worker=0
  while [ "$worker" -lt "$WORKERS" ]; do
    run_worker "$1" "$OUT/$1.log.$worker" &
    worker=$((worker + 1))
  done
  wait
}

mkdir -p "$OUT"
if [ "${FUZZ_ONE:-}" ]; then
  run_target "$1"
  exit 0
fi
export OUT WORKERS
rm -rf "$OUT"/*.log.* "$OUT"/*.failed "$OUT/findings"
printf '%s\n' "$@" | FUZZ_ONE=1 xargs -P "$JOBS" -I TARGET "$0" "$seconds" TARGET

failed=0
echo "| target | seconds | executions | edges | inputs kept | findings |"
echo "|---|---:|---:|---:|---:|---:|"
for target in "$@"; do
  executions=$(cat "$OUT/$target".log.* | sed -n 's/^stat::number_of_executed_units: *//p' |
               awk '{ sum += $1 } END { print sum + 0 }')
  edges=$(cat "$OUT/$target".log.* | sed -n 's/.* cov: \([0-9]*\) .*/\1/p' | sort -n | tail -n 1)
  found=$(find "$OUT/findings" -name "$target-*" | wc -l)
  kept=$(find "$OUT/corpus/$target" -type f | wc -l)
  [ ! -e "$OUT/$target.failed" ] && [ "$found" = 0 ] || failed=1
  echo "| $target | $((seconds * WORKERS)) | $executions | ${edges:-0} | $kept | $found |"
done
if [ "$failed" != 0 ]; then
  echo "findings in $OUT/findings:"
  find "$OUT/findings" -type f
  for target in "$@"; do
    [ ! -e "$OUT/$target.failed" ] || grep -h -A 12 -E 'FINDING|ERROR: |runtime error:' "$OUT/$target".log.*
  done
fi
exit "$failed"
