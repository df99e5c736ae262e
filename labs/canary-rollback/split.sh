#!/bin/sh
# Splits the traffic of an app between its revisions, and prints who has what.
#
# Usage:    split.sh APP REVISION_SUFFIX=PERCENT...        e.g. split.sh ca-canary stable=100 canary=0
# Needs:    RG
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 2 ] || { echo "usage: split.sh APP REVISION_SUFFIX=PERCENT..." >&2; exit 2; }
app=$1
shift
weights=
for share in "$@"; do weights="$weights $app--$share"; done
# shellcheck disable=SC2086 # one word each
az containerapp ingress traffic set --name "$app" --resource-group "$RG" --revision-weight $weights \
  --query "[].[revisionName, weight]" --output tsv
