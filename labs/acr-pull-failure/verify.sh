#!/bin/sh
# Checks that the failure was reproduced, applies the fix if it is not in place yet, and checks the recovery.
#
# Needs:    RG, APP_NAME, ACR_NAME
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io), APP_URL (default https://<fqdn of the app>),
#           FIX_TAG (default v1), WAIT_SECONDS, how long each wait may take (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-acr}"
: "${APP_NAME:?the container app; the deployment puts it out as containerAppName}"
: "${ACR_NAME:?the registry; the deployment puts it out as containerRegistryName}"
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}
tag=${FIX_TAG:-v1}
image=$server/labacr:$tag
folder=$(dirname -- "$0")

fail() {
  echo "FAIL $1" >&2
  exit 1
}

pass() {
  echo "PASS $1"
}

# Runs "$2…" until it succeeds; fails with "$1" when the time is up.
wait_until() {
  what=$1
  shift
  deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || fail "$what: not within ${WAIT_SECONDS:-300} seconds"
    sleep 0.2
  done
}

system_log() {
  az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail 300
}

# 1. The failure was there before the fix.
case "$(system_log)" in
  *does-not-exist*) pass "the failure was reproduced: the system log tells of pulling labacr:does-not-exist" ;;
  *) fail "the system log does not mention the tag does-not-exist: run trigger.sh first" ;;
esac

# 2. The fix: publish a valid image and point the app at it.
current=$(az containerapp show --name "$APP_NAME" --resource-group "$RG" \
  --query "properties.template.containers[0].image" --output tsv)
if [ "$current" != "$image" ]; then
  az acr build --registry "$ACR_NAME" --image "labacr:$tag" "$folder/workload"
  az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$image" --output none
fi

# 3. The latest revision recovers.
latest=$(az containerapp show --name "$APP_NAME" --resource-group "$RG" \
  --query properties.latestRevisionName --output tsv)
is_healthy() {
  [ "$(az containerapp revision show --name "$APP_NAME" --resource-group "$RG" --revision "$latest" \
    --query properties.healthState --output tsv)" = Healthy ]
}
wait_until "revision $latest becomes Healthy" is_healthy
pass "revision $latest is Healthy"

# 4. The tag is in the registry.
case " $(az acr repository show-tags --name "$ACR_NAME" --repository labacr --output tsv | tr '\n' ' ') " in
  *" $tag "*) pass "the registry has labacr:$tag" ;;
  *) fail "the registry has no tag $tag in labacr" ;;
esac

# 5. The app answers.
url=${APP_URL:-https://$(az containerapp show --name "$APP_NAME" --resource-group "$RG" \
  --query properties.configuration.ingress.fqdn --output tsv)}
answers() {
  az rest --skip-authorization-header --method get --url "$url" --output none 2>/dev/null
}
wait_until "$url answers with success" answers
pass "the app answers HTTP 200 at $url"

# 6. The fixed revision pulled without a failure.
system_log | while IFS= read -r row; do
  case $row in
    *"$latest"*ImagePullFailed* | *"$latest"*ImagePullFailure*) exit 1 ;;
  esac
done || fail "the system log still tells of failed pulls for revision $latest"
pass "no pull failure is logged for revision $latest"

az containerapp revision list --name "$APP_NAME" --resource-group "$RG" \
  --query "[0].properties.healthState" --output tsv
