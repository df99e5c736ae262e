#!/bin/sh
# Publishes a tag that is an index (a "manifest list") of images that the registry has already: what
# `docker manifest create` and `docker manifest push` do, without a Docker engine.
#
# Usage:    publish-index.sh REPOSITORY:TAG CHILD_TAG:ARCHITECTURE...
#           e.g. publish-index.sh myapp:multiarch v1-amd64:amd64 v1-arm64:arm64
# Needs:    ACR_NAME, with the admin user enabled
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
: "${ACR_NAME:?the registry; setup.sh prints it}"
[ $# -ge 2 ] || { echo "usage: publish-index.sh REPOSITORY:TAG CHILD_TAG:ARCHITECTURE..." >&2; exit 2; }
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}
case $server in localhost:*) scheme=http ;; *) scheme=https ;; esac
manifests=$scheme://$server/v2/${1%%:*}/manifests
image_type=application/vnd.oci.image.manifest.v1+json
index_type=application/vnd.oci.image.index.v1+json

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
password=$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)
authorization="Authorization=Basic $(printf '%s' "$ACR_NAME:$password" | base64 | tr -d '\n')"

tag=${1##*:}
image=$1
shift
entries=
for child in "$@"; do
  az rest --method get --url "$manifests/${child%%:*}" --skip-authorization-header \
    --headers "$authorization" "Accept=$image_type" --output-file "$folder/child"
  digest=sha256:$(sha256sum <"$folder/child" | cut -d ' ' -f 1)
  size=$(wc -c <"$folder/child" | tr -d ' ')
  entries="$entries${entries:+,}{\"mediaType\":\"$image_type\",\"digest\":\"$digest\",\"size\":$size,\"platform\":{\"architecture\":\"${child##*:}\",\"os\":\"linux\"}}"
done
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' "$index_type" "$entries" >"$folder/index"
az rest --method put --url "$manifests/$tag" --skip-authorization-header \
  --headers "$authorization" "Content-Type=$index_type" --body "@$folder/index" --output none
echo "published $image with $*"
