#!/bin/sh
# Makes the locales of the test `locale` in DIR, from the sources that the package `locales` brings:
# no root, the test's LOCPATH leads there. Without the package the test skips, visibly.
# usage: set_up_locales.sh DIR
set -eu
make() {  # NAME SOURCE CHARSET
  [ -e "$1" ] || { localedef --no-archive -i "$2" -f "$3" "./$1.partial" && mv "$1.partial" "$1"; }
}
mkdir -p "$1"
cd "$1"
make de_DE.UTF-8 de_DE UTF-8 &&
  make tr_TR.UTF-8 tr_TR UTF-8 &&
  make tr_TR.ISO-8859-9 tr_TR ISO-8859-9 &&
  make ps_AF.UTF-8 ps_AF UTF-8 || echo "the package locales isn't installed"
