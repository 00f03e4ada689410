#!/bin/sh
# Makes DIR a folder with an architecture's libraries that Colonnade is built from, out of Debian's own
# packages. Needs no root and leaves the system as it is: apt works on lists and a package state of
# its own. (Debian's multiarch can't do it: libyaml-cpp-dev installs for one architecture only.)
# usage: make_sysroot.sh ARCHITECTURE GCC_VERSION DIR        e.g. make_sysroot.sh arm64 12 sysroot
set -eu
[ $# = 3 ] || { echo "usage: make_sysroot.sh ARCHITECTURE GCC_VERSION DIR" >&2; exit 2; }
packages="libc6-dev libstdc++-$2-dev libprotobuf-dev libyaml-cpp-dev libfmt-dev libpng-dev \
libhwy-dev libxxhash-dev liblz4-dev libcli11-dev nlohmann-json3-dev libgtest-dev"

mkdir -p "$3"
root=$(cd "$3" && pwd)
done=$root/complete
[ "$(cat "$done" 2>/dev/null)" != "$1 $packages" ] || exit 0
rm -rf "${root:?}"/*
mkdir -p "$root/apt/lists/partial" "$root/apt/archives/partial"
: >"$root/apt/status"  # Nothing is installed: every dependency is fetched.
cat >"$root/apt/apt.conf" <<END
APT::Architecture "$1";
APT::Architectures { "$1"; };
APT::Sandbox::User "";
Dir::State::lists "$root/apt/lists";
Dir::State::status "$root/apt/status";
Dir::Cache "$root/apt";
Dir::Cache::archives "$root/apt/archives";
END
export APT_CONFIG="$root/apt/apt.conf"
log=$root/apt/log
# A third party's source may have nothing for the architecture: whether the packages come counts.
apt-get update -q >"$log" 2>&1 || true
# shellcheck disable=SC2086
if ! apt-get install -y -q --no-install-recommends --download-only $packages >>"$log" 2>&1; then
  tail -n 5 "$log" >&2
  echo "apt's sources don't give these for $1: $packages" >&2
  exit 1
fi
for package in "$root"/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
rm -rf "$root/apt"
echo "$1 $packages" >"$done"
