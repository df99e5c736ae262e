#!/bin/sh
# Asks an app some times, one request after the other, and counts the answers that fail.
#
# Usage:    ask.sh APP TIMES [URL]      URL: default https://<fqdn of the app>
# Needs:    RG, curl
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 2 ] || { echo "usage: ask.sh APP TIMES [URL]" >&2; exit 2; }
url=${3:-https://$(az containerapp show --name "$1" --resource-group "$RG" \
  --query properties.configuration.ingress.fqdn --output tsv)}

failed=0
count=0
while [ $count -lt "$2" ]; do
  status=$(curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' "$url/healthz" || true)
  printf '%s ' "$status"
  case $status in 5*) failed=$((failed + 1)) ;; 2*) ;; *) echo "no answer of $url" >&2; exit 1 ;; esac
  count=$((count + 1))
done
echo
if [ $failed -eq 0 ]; then
  echo "SOUND $2 answers, none with a status of 5xx"
else
  echo "FAILING $failed of $2 answers have a status of 5xx"
fi
