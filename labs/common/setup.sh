#!/bin/sh
# Creates the resource group with a registry and an environment, and prints the registry's name.
#
# Needs: RG, LOCATION, ENVIRONMENT_NAME
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${LOCATION:?e.g. koreacentral}"
: "${ENVIRONMENT_NAME:?a name for the environment, e.g. cae-lab}"
az group create --name "$RG" --location "$LOCATION" --output none
az deployment group create --name lab --resource-group "$RG" \
  --template-file "$(dirname -- "$0")/infra/main.bicep" --parameters environmentName="$ENVIRONMENT_NAME" \
  --query properties.outputs.containerRegistryName.value --output tsv
