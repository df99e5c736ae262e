#!/bin/sh
# Prints the address that a registry does not let in, as the system log of an app names it.
#
# Usage:    denied-address.sh APP
# Needs:    RG
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -eq 1 ] || { echo "usage: denied-address.sh APP" >&2; exit 2; }
az containerapp logs show --name "$1" --resource-group "$RG" --type system --tail 300 |
  sed -n "s/.*client with IP '\([^']*\)' is not allowed.*/\1/p" | tail -n 1
