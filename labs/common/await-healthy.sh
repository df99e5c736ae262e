#!/bin/sh
# Waits until a revision of an app is Healthy, and says so.
#
# Usage:    await-healthy.sh APP REVISION_SUFFIX
# Needs:    RG
# Optional: WAIT_SECONDS (default 300)
# Exit code 1 when it is not Healthy in time.
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -eq 2 ] || { echo "usage: await-healthy.sh APP REVISION_SUFFIX" >&2; exit 2; }
revision=$1--$2
deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
until
  state=$(az containerapp revision show --name "$1" --resource-group "$RG" --revision "$revision" \
    --query properties.healthState --output tsv)
  [ "$state" = Healthy ]
do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "FAIL revision $revision is $state after ${WAIT_SECONDS:-300} seconds" >&2
    exit 1
  fi
  sleep 0.2
done
echo "PASS revision $revision is Healthy"
