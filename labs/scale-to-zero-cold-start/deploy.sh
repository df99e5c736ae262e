#!/bin/sh
# Deploys an app whose program takes more than half a second to listen, with a minimum of replicas.
#
# Usage:    deploy.sh APP REVISION_SUFFIX MIN_REPLICAS
# Needs:    RG, ENVIRONMENT_NAME, ACR_NAME
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io), COOLDOWN_SECONDS of a pause before replicas go (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${ENVIRONMENT_NAME:?the environment, e.g. cae-lab}"
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
[ $# -eq 3 ] || { echo "usage: deploy.sh APP REVISION_SUFFIX MIN_REPLICAS" >&2; exit 2; }
az deployment group create --name "$1-$2" --resource-group "$RG" \
  --template-file "$(dirname -- "$0")/infra/app.bicep" \
  --parameters appName="$1" environmentName="$ENVIRONMENT_NAME" registryName="$ACR_NAME" \
  image="${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}/myapp:v1" revisionSuffix="$2" minReplicas="$3" \
  cooldownSeconds="${COOLDOWN_SECONDS:-300}" \
  --query properties.outputs.revisionName.value --output tsv
