#!/bin/sh
# Asks the public registry for the image without credentials until it answers 429, and prints what it answered.
#
# Usage:    drain.sh TIMES                 how often at most
# Needs:    UPSTREAM, curl
# Optional: UPSTREAM_IMAGE (default library/hello:v1)
set -eu
: "${UPSTREAM:?the public registry}"
[ $# -eq 1 ] || { echo "usage: drain.sh TIMES" >&2; exit 2; }
image=${UPSTREAM_IMAGE:-library/hello:v1}
case $UPSTREAM in localhost:*) scheme=http ;; *) scheme=https ;; esac
url=$scheme://$UPSTREAM/v2/${image%:*}/manifests/${image##*:}

# Without credentials, but with the token that the registry gives to anyone.
challenge=$(curl --silent --show-error --output /dev/null --dump-header - "$url" | tr -d '\r' |
  sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: [Bb]earer //p')
part() { printf '%s\n' "$challenge" | sed -n "s/.*$1=\"\([^\"]*\)\".*/\1/p"; }
answer=$(curl --fail --silent --show-error --get --data-urlencode "service=$(part service)" \
  --data-urlencode "scope=$(part scope)" "$(part realm)")
token=$(printf '%s\n' "$answer" | sed -n 's/.*"\(access_\)*token": *"\([^"]*\)".*/\2/p')

count=0
while [ $count -lt "$1" ]; do
  count=$((count + 1))
  head=$(curl --silent --show-error --output /dev/null --dump-header - \
    --header "Authorization: Bearer $token" \
    --header 'Accept: application/vnd.oci.image.manifest.v1+json' "$url" | tr -d '\r')
  status=$(printf '%s\n' "$head" | sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p')
  if [ "$status" = 429 ]; then
    echo "429 $(printf '%s\n' "$head" | sed -n 's/^[Rr]etry-[Aa]fter: /Retry-After: /p')"
    exit 0
  fi
  echo "$status"
done
