#!/bin/sh
# Checks that a revision of an app is Healthy and answers, and says for which architecture its program is.
#
# Usage:    verify.sh APP REVISION_SUFFIX [URL]      URL: default https://<fqdn of the app>
# Needs:    RG
# Optional: WAIT_SECONDS, how long each wait may take (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 2 ] || { echo "usage: verify.sh APP REVISION_SUFFIX [URL]" >&2; exit 2; }
"$(dirname -- "$0")/await-healthy.sh" "$1" "$2"

url=${3:-https://$(az containerapp show --name "$1" --resource-group "$RG" \
  --query properties.configuration.ingress.fqdn --output tsv)}
deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
until answer=$(az rest --skip-authorization-header --method get --url "$url" --output json 2>/dev/null); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "FAIL $url does not answer with success after ${WAIT_SECONDS:-300} seconds" >&2
    exit 1
  fi
  sleep 0.2
done
echo "PASS the app answers HTTP 200 at $url"
printf '%s\n' "$answer"
