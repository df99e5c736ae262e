#!/bin/sh
# Creates an app, or changes it, so that it runs an image of the lab's registry. The suffix makes a revision of
# its own even where nothing else changes. More flags of `az containerapp create` may follow.
#
# Usage:    deploy.sh APP REPOSITORY:TAG REVISION_SUFFIX [FLAG...]
# Needs:    RG, ENVIRONMENT_NAME, ACR_NAME
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io), TARGET_PORT (default 8000),
#           CPU and MEMORY (default 0.25 and 0.5Gi),
#           REGISTRY_USERNAME and REGISTRY_PASSWORD (default: those of the registry's admin user)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${ENVIRONMENT_NAME:?the environment, e.g. cae-lab}"
: "${ACR_NAME:?the registry; setup.sh prints it}"
[ $# -ge 3 ] || { echo "usage: deploy.sh APP REPOSITORY:TAG REVISION_SUFFIX [FLAG...]" >&2; exit 2; }
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}
app=$1
image=$server/$2
suffix=$3
shift 3

password=${REGISTRY_PASSWORD:-$(az acr credential show --name "$ACR_NAME" \
  --query "passwords[0].value" --output tsv)}
az containerapp create --name "$app" --resource-group "$RG" --environment "$ENVIRONMENT_NAME" \
  --image "$image" --revision-suffix "$suffix" \
  --cpu "${CPU:-0.25}" --memory "${MEMORY:-0.5Gi}" --min-replicas 1 --max-replicas 1 \
  --ingress external --target-port "${TARGET_PORT:-8000}" \
  --registry-server "$server" --registry-username "${REGISTRY_USERNAME:-$ACR_NAME}" --registry-password "$password" "$@" \
  --query "[properties.latestRevisionName, properties.template.containers[0].image]" --output tsv
