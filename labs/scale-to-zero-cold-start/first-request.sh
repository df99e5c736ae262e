#!/bin/sh
# Leaves an app alone until its replicas would have gone, then asks it once and tells how long that took.
#
# Usage:    first-request.sh APP REVISION_SUFFIX [URL]      URL: default https://<fqdn of the app>
# Needs:    RG, curl
# Optional: COOLDOWN_SECONDS of the app (default 300), WAIT_SECONDS, how long each wait may take (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 2 ] || { echo "usage: first-request.sh APP REVISION_SUFFIX [URL]" >&2; exit 2; }
revision=$1--$2
url=${3:-https://$(az containerapp show --name "$1" --resource-group "$RG" \
  --query properties.configuration.ingress.fqdn --output tsv)}

# Prints health, state, number of replicas, and how many are kept.
state() {
  az containerapp revision show --name "$1" --resource-group "$RG" --revision "$revision" --output tsv \
    --query "properties.[healthState, runningState, replicas, template.scale.minReplicas || \`0\`]" | tr '\n' ' '
}

# The pause: a replica that is kept stays for all of it; without a minimum it ends when none is left.
now=$(state "$1")
case $now in
  *" 0 ") ;;
  *) sleep "${COOLDOWN_SECONDS:-300}" && now=$(state "$1") ;;
esac
deadline=$(($(date +%s) + ${WAIT_SECONDS:-300} + ${COOLDOWN_SECONDS:-300}))
while :; do
  case $now in
    "Healthy ScaledToZero "*) break ;;
    "Healthy "*" 0 ") ;;
    "Healthy "*) break ;;
  esac
  [ "$(date +%s)" -lt $deadline ] || { echo "revision $revision is $now in spite of the pause" >&2; exit 1; }
  sleep 0.1
  now=$(state "$1")
done
set -- $now
echo "PAUSED $revision is $1 $2"
replicas=$3

seconds=$(curl --fail --silent --show-error --output /dev/null --max-time 240 --write-out '%{time_total}' "$url")
milliseconds=$(printf '%s' "$seconds" | awk '{ printf "%d", $1 * 1000 }')
if [ "$milliseconds" -ge 500 ]; then temperature=COLD; else temperature=WARM; fi
echo "$temperature the first request took $milliseconds ms, with $replicas replicas before it"
