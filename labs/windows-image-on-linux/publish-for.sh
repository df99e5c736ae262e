#!/bin/sh
# Publishes an image of the registry again as one for another operating system: the same layers, another config.
#
# Usage:    publish-for.sh OS REPOSITORY TAG NEW_TAG       e.g. publish-for.sh windows myapp v1-linux v1
# Needs:    curl; ACR_NAME, with the admin user enabled
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
[ $# -eq 4 ] || { echo "usage: publish-for.sh OS REPOSITORY TAG NEW_TAG" >&2; exit 2; }
. "$(dirname -- "$0")/../common/registry-request.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
get_manifest "$2" "$3" "$folder/image"
tr -d '\n' <"$folder/image" >"$folder/manifest"
config=$(sed -n 's/.*"config": *{[^}]*"digest": *"\([^"]*\)".*/\1/p' "$folder/manifest")
size=$(sed -n 's/.*"config": *{[^}]*"size": *\([0-9]*\).*/\1/p' "$folder/manifest")
get_blob "$2" "$config" "$folder/config"
sed "s/\"os\": *\"linux\"/\"os\":\"$1\"/" "$folder/config" >"$folder/new-config"
put_blob "$2" "$folder/new-config"
sed "s/$config/$(digest_of "$folder/new-config")/; s/\"size\": *$size\([,} ]\)/\"size\":$(size_of "$folder/new-config")\1/" \
  "$folder/manifest" >"$folder/new-manifest"
put_manifest "$2" "$4" "$folder/new-manifest" "$(type_of "$folder/image")"
echo "published $2:$4 for $1"
