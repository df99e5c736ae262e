#!/bin/sh
# Checks that a revision of an app is Healthy and answers, and says for which architecture its program is.
#
# Usage:    verify.sh APP REVISION_SUFFIX [URL]      URL: default https://<fqdn of the app>
# Needs:    RG
# Optional: WAIT_SECONDS, how long each wait may take (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 2 ] || { echo "usage: verify.sh APP REVISION_SUFFIX [URL]" >&2; exit 2; }
app=$1
revision=$1--$2

# Runs "$2…" every second until it succeeds; fails with "$1" when the time is up.
wait_until() {
  what=$1
  shift
  deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
  until "$@"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "FAIL $what: not within ${WAIT_SECONDS:-300} seconds" >&2
      exit 1
    fi
    sleep 1
  done
}

is_healthy() {
  [ "$(az containerapp revision show --name "$app" --resource-group "$RG" --revision "$revision" \
    --query properties.healthState --output tsv)" = Healthy ]
}
wait_until "revision $revision becomes Healthy" is_healthy
echo "PASS revision $revision is Healthy"

url=${3:-https://$(az containerapp show --name "$app" --resource-group "$RG" \
  --query properties.configuration.ingress.fqdn --output tsv)}
answers() {
  answer=$(az rest --skip-authorization-header --method get --url "$url" --output json 2>/dev/null)
}
wait_until "$url answers with success" answers
echo "PASS the app answers HTTP 200 at $url"
printf '%s\n' "$answer"
