#!/bin/sh
# Deploys an app with two revisions, stable and canary, that share the traffic. The canary answers the path
# /healthz with a status of its own; nobody probes that path, so both are Healthy.
#
# Usage:    canary.sh APP STATUS
# Needs:    what ../common/deploy.sh needs
# Optional: WAIT_SECONDS, how long each wait may take (default 300)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -eq 2 ] || { echo "usage: canary.sh APP STATUS" >&2; exit 2; }
folder=$(dirname -- "$0")

"$folder/../common/deploy.sh" "$1" myapp:v1 stable --revisions-mode multiple
"$folder/../common/await-healthy.sh" "$1" stable
az containerapp update --name "$1" --resource-group "$RG" --revision-suffix canary \
  --set-env-vars "HEALTHZ_STATUS=$2" --query properties.latestRevisionName --output tsv
"$folder/../common/await-healthy.sh" "$1" canary
"$folder/split.sh" "$1" stable=50 canary=50
