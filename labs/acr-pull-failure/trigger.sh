#!/bin/sh
# Waits for the first image pull that fails, then shows the revision and the system log.
#
# Needs:    RG, APP_NAME
# Optional: WAIT_SECONDS, how long to wait (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-acr}"
: "${APP_NAME:?the container app; the deployment puts it out as containerAppName}"

system_log() {
  az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail "$1"
}

has_failed_pull() {
  case "$(system_log 100 2>/dev/null || true)" in
    *ImagePullFailed*BackOff* | *ImagePullFailure* | *ImagePullBackOff*) return 0 ;;
  esac
  return 1
}

deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
until has_failed_pull; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "no image pull failed within ${WAIT_SECONDS:-300} seconds" >&2
    exit 1
  fi
  sleep 1
done

az containerapp revision list --name "$APP_NAME" --resource-group "$RG" --output table
system_log 20
