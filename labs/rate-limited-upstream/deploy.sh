#!/bin/sh
# Deploys the image: from the public registry without credentials, or the copy in the registry of its own.
#
# Usage:    deploy.sh APP REVISION_SUFFIX upstream|own
# Needs:    UPSTREAM, and what ../common/deploy.sh needs
# Optional: UPSTREAM_IMAGE (default library/hello:v1)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
: "${ENVIRONMENT_NAME:?the environment, e.g. cae-lab}"
: "${UPSTREAM:?the public registry}"
[ $# -eq 3 ] || { echo "usage: deploy.sh APP REVISION_SUFFIX upstream|own" >&2; exit 2; }
case $3 in
  own) exec "$(dirname -- "$0")/../common/deploy.sh" "$1" hello:v1 "$2" ;;
  upstream) ;;
  *) echo "neither upstream nor own: $3" >&2; exit 2 ;;
esac
az containerapp create --name "$1" --resource-group "$RG" --environment "$ENVIRONMENT_NAME" \
  --image "$UPSTREAM/${UPSTREAM_IMAGE:-library/hello:v1}" --revision-suffix "$2" \
  --cpu 0.25 --memory 0.5Gi --min-replicas 1 --max-replicas 1 --ingress external --target-port 8000 \
  --query "[properties.latestRevisionName, properties.template.containers[0].image]" --output tsv
