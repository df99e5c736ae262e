#!/bin/sh
# Proves that the binaries in bin/ are what build.sh makes of relay.c. Exits 1 and says which one differs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
"$here/build.sh" "$scratch"
failed=0
for built in "$scratch"/*; do
  name=$(basename "$built")
  if cmp -s "$built" "$here/bin/$name"; then
    echo "same    $name"
  else
    echo "DIFFERS $name (built by $(x86_64-linux-gnu-gcc --version | head -n 1))" >&2
    failed=1
  fi
done
exit $failed
