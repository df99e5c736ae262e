#!/bin/sh
# Waits until the image pull has failed, was backed off and is tried again; then shows the revision and the
# system log.
#
# Needs:    RG, APP_NAME
# Optional: WAIT_SECONDS, how long to wait (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-acr}"
: "${APP_NAME:?the container app; the deployment puts it out as containerAppName}"

system_log() {
  az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail "$1"
}

# One failed pull could be chance: the platform must have backed off and tried again.
pulled_again() {
  attempts=$(system_log 100 2>/dev/null | grep -c PullingImage || true)
  [ "$attempts" -ge 2 ]
}

deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
until pulled_again; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "the image was not pulled twice within ${WAIT_SECONDS:-300} seconds" >&2
    exit 1
  fi
  sleep 0.2
done

az containerapp revision list --name "$APP_NAME" --resource-group "$RG" --output table
system_log 20
