#!/bin/sh
# Deploys an app whose image exists, to the same environment and from the same registry, waits until it is
# Healthy, and deletes it: where containers share the machine's ports it would be in the way.
#
# Needs:    RG, CONTROL_APP, ENVIRONMENT_NAME, ACR_NAME
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io), WAIT_SECONDS (default 300),
#           CONTROL_TAG (default control), a tag of labacr that is there
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-acr}"
: "${CONTROL_APP:?a name for the control, e.g. ca-labacr-control}"
: "${ENVIRONMENT_NAME:?the environment; the deployment puts it out as environmentName}"
: "${ACR_NAME:?the registry; the deployment puts it out as containerRegistryName}"
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}

password=$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)
az containerapp create --name "$CONTROL_APP" --resource-group "$RG" --environment "$ENVIRONMENT_NAME" \
  --image "$server/labacr:${CONTROL_TAG:-control}" --cpu 0.25 --memory 0.5Gi --min-replicas 1 --max-replicas 1 \
  --registry-server "$server" --registry-username "$ACR_NAME" --registry-password "$password" --output none

deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
while :; do
  health=$(az containerapp revision list --name "$CONTROL_APP" --resource-group "$RG" \
    --query "[0].properties.healthState" --output tsv)
  echo "$health"
  [ "$health" != Healthy ] || break
  [ "$(date +%s)" -lt "$deadline" ] || exit 1
  sleep 0.2
done
az containerapp delete --name "$CONTROL_APP" --resource-group "$RG" --yes
