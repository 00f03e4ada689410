#!/bin/sh
# Installs the Debian/Ubuntu packages that Colonnade is built from, if any is missing.
# Exit status 2, and the one line to type, where that needs rights that this user hasn't got.
set -eu

packages="g++ cmake ninja-build pkg-config protobuf-compiler libprotobuf-dev libyaml-cpp-dev \
libfmt-dev libpng-dev libhwy-dev libxxhash-dev liblz4-dev libcli11-dev nlohmann-json3-dev libgtest-dev \
clang-format locales python3 python3-venv python3-pip python3-numpy ca-certificates"

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This isn't a Debian or Ubuntu system; install the counterparts of: $packages" >&2
  exit 2
fi
missing=""
for package in $packages; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
  sudo=""
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  sudo="sudo"
else
  echo "Missing packages; as root, run:  apt-get update && $line" >&2
  exit 2
fi
echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# A package list may be absent or stale: refresh it once, then install.
if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive $line -q; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get failed; its last lines are above. The line was:  $line" >&2
  exit 2
fi
