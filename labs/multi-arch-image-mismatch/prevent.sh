#!/bin/sh
# Checks the images of infra/app.bicep before it is deployed, for the platform that the environment runs.
#
# Usage:    prevent.sh TAG
# Needs:    RG, ACR_NAME, ENVIRONMENT_NAME, and lazurite on the PATH
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
# Exit code 1 when the deployment would fail.
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-arch}"
: "${ACR_NAME:?the registry; setup.sh prints it}"
: "${ENVIRONMENT_NAME:?the environment, e.g. cae-lab}"
[ $# -eq 1 ] || { echo "usage: prevent.sh TAG" >&2; exit 2; }
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}

# The check asks the registry as docker would: with the credentials of a docker configuration.
DOCKER_CONFIG=$(mktemp -d)
export DOCKER_CONFIG
trap 'rm -rf "$DOCKER_CONFIG"' EXIT
password=$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)
printf '{"auths":{"%s":{"auth":"%s"}}}' "$server" \
  "$(printf '%s' "$ACR_NAME:$password" | base64 | tr -d '\n')" >"$DOCKER_CONFIG/config.json"

lazurite check "$(dirname -- "$0")/infra/app.bicep" --resource-group "$RG" \
  --parameters image="$server/myapp:$1" environmentName="$ENVIRONMENT_NAME"
