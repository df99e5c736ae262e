#!/bin/sh
# Deploys an app that pulls with a user-assigned identity. A template rather than `az containerapp create`, which
# would give the identity the role by itself.
#
# Usage:    deploy.sh APP REVISION_SUFFIX IDENTITY
# Needs:    RG, ENVIRONMENT_NAME, ACR_NAME
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${ENVIRONMENT_NAME:?the environment, e.g. cae-lab}"
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
[ $# -eq 3 ] || { echo "usage: deploy.sh APP REVISION_SUFFIX IDENTITY" >&2; exit 2; }
az deployment group create --name "$1-$2" --resource-group "$RG" \
  --template-file "$(dirname -- "$0")/infra/app.bicep" \
  --parameters appName="$1" environmentName="$ENVIRONMENT_NAME" registryName="$ACR_NAME" \
  image="${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}/myapp:v1" revisionSuffix="$2" identityName="$3" \
  --query properties.outputs.revisionName.value --output tsv
