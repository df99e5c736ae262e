#!/bin/sh
# Gives the registry's token a new password, and deploys an app with it: at once, or when it has expired.
#
# Usage:    deploy.sh APP REVISION_SUFFIX 1|2 [SECONDS]
#           1|2      which of the token's two passwords
#           SECONDS  until it expires; it never does when left out or empty
# Needs:    TOKEN_NAME, and what ../common/deploy.sh needs
set -eu
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
: "${TOKEN_NAME:?a token of the registry, e.g. puller}"
[ $# -ge 3 ] || { echo "usage: deploy.sh APP REVISION_SUFFIX 1|2 [SECONDS]" >&2; exit 2; }
app=$1 suffix=$2 slot=$3 seconds=${4:-}

# 2026-11-26T16:00:00Z; GNU's date takes -d, that of macOS -r
time_of() {
  date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ
}

set --
end=0
if [ -n "$seconds" ]; then
  end=$(($(date +%s) + seconds))
  set -- --expiration "$(time_of $end)"
fi
REGISTRY_PASSWORD=$(az acr token credential generate --registry "$ACR_NAME" --name "$TOKEN_NAME" \
  "--password$slot" "$@" --query "passwords[?name=='password$slot'].value | [0]" --output tsv)
until [ "$(date +%s)" -gt $end ]; do sleep 0.2; done

export REGISTRY_PASSWORD
REGISTRY_USERNAME=$TOKEN_NAME exec "$(dirname -- "$0")/../common/deploy.sh" "$app" myapp:v1 "$suffix"
