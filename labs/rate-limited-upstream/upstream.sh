#!/bin/sh
# Creates a registry that stands in for a public one, with an image that anyone may pull, and prints its name.
# A tag limits the pulls of those without credentials, which Lazurite heeds and Azure does not: there, run the
# other scripts with UPSTREAM set to a public registry that has a limit.
#
# Needs: RG, ACR_NAME, PULL_LIMIT as pulls/seconds, e.g. 8/3600
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
: "${PULL_LIMIT:?pulls/seconds, e.g. 8/3600}"
name=${ACR_NAME}up
az acr create --name "$name" --resource-group "$RG" --sku Standard --admin-enabled true \
  --tags "lazurite-anonymous-pull-limit=$PULL_LIMIT" --output none
az acr update --name "$name" --anonymous-pull-enabled true --output none
az acr build --registry "$name" --image library/hello:v1 "$(dirname -- "$0")/../common/workload" --output none >&2
echo "$name"
