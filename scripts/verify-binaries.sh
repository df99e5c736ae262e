#!/bin/sh
# Proves that the binaries in a folder's bin/ are what its build.sh makes. Exits 1 and says which one differs.
#
# Usage: scripts/verify-binaries.sh FOLDER     e.g. src/runtime/embedded/native
set -eu
[ $# -eq 1 ] || { echo "usage: verify-binaries.sh FOLDER" >&2; exit 2; }
folder=$(cd "$(dirname "$0")/.." && cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
"$folder/build.sh" "$scratch"
failed=0
for built in "$scratch"/*; do
  name=$(basename "$built")
  if cmp -s "$built" "$folder/bin/$name"; then
    echo "same    $name"
  else
    echo "DIFFERS $name (built by $(x86_64-linux-gnu-gcc --version | head -n 1))" >&2
    failed=1
  fi
done
exit $failed
