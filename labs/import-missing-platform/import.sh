#!/bin/sh
# Imports upstream/app:v1 from the registry into another repository of it.
#
# Usage:    import.sh tag|child REPOSITORY:TAG
#           tag    the image with every platform
#           child  by the digest that `docker inspect` shows on a machine with arm64
# Needs:    ACR_NAME
set -eu
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
[ $# -eq 2 ] || { echo "usage: import.sh tag|child REPOSITORY:TAG" >&2; exit 2; }
case $1 in
  tag) source=upstream/app:v1 ;;
  child)
    digest=$(az acr manifest list-metadata --registry "$ACR_NAME" --name upstream/app \
      --query "[?architecture=='arm64'].digest | [0]" --output tsv)
    source=upstream/app@$digest
    ;;
  *) echo "neither tag nor child: $1" >&2; exit 2 ;;
esac
echo "+ az acr import --name $ACR_NAME --source $source --image $2 --force"
az acr import --name "$ACR_NAME" --registry "$ACR_NAME" --source "$source" --image "$2" --force
echo "imported $source as $2"
