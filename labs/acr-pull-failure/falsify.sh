#!/bin/sh
# Waits until a revision that was given the missing tag again fails as the first one did.
#
# Needs:    RG, APP_NAME
# Optional: REVISION (default: the app's latest), WAIT_SECONDS (default 300)
# Exit code 1 when the revision becomes Healthy instead, or nothing happens in time.
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-acr}"
: "${APP_NAME:?the container app; the deployment puts it out as containerAppName}"
revision=${REVISION:-$(az containerapp show --name "$APP_NAME" --resource-group "$RG" \
  --query properties.latestRevisionName --output tsv)}

# The rows of the system log that belong to the revision.
rows() {
  az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail 300 |
    while IFS= read -r row; do
      case $row in *"$revision"*) printf '%s\n' "$row" ;; esac
    done
}

deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
while :; do
  found=$(rows)
  case $found in
    *PullingImage*ImagePullFailed* | *PullingImage*ImagePullFailure*)
      printf '%s\n' "$found"
      exit 0
      ;;
  esac
  health=$(az containerapp revision show --name "$APP_NAME" --resource-group "$RG" \
    --revision "$revision" --query properties.healthState --output tsv)
  if [ "$health" = Healthy ]; then
    printf '%s\n' "$found"
    echo "revision $revision became Healthy: the tag it was given exists" >&2
    exit 1
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    printf '%s\n' "$found"
    echo "revision $revision did not fail within ${WAIT_SECONDS:-300} seconds" >&2
    exit 1
  fi
  sleep 0.2
done
