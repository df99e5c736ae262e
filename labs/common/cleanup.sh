#!/bin/sh
# Deletes the resource group with everything in it; returns at once.
#
# Needs: RG
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
az group delete --name "$RG" --yes --no-wait
