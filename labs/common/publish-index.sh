#!/bin/sh
# Publishes a tag that is an index (a "manifest list") of images that the registry has already: what
# `docker manifest create` and `docker manifest push` do, without a Docker engine.
#
# Usage:    publish-index.sh REPOSITORY:TAG CHILD_TAG:PLATFORM...
#           PLATFORM is an architecture, an operating system and an architecture, or unknown: an attestation
#           e.g. publish-index.sh myapp:multiarch v1-amd64:amd64 v1-windows:windows/amd64 v1-attestation:unknown
# Needs:    ACR_NAME, with the admin user enabled
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
[ $# -ge 2 ] || { echo "usage: publish-index.sh REPOSITORY:TAG CHILD_TAG:PLATFORM..." >&2; exit 2; }
. "$(dirname -- "$0")/registry-request.sh"
repository=${1%%:*}
tag=${1##*:}
image=$1
shift

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
entries=
for child in "$@"; do
  get_manifest "$repository" "${child%%:*}" "$folder/child"
  annotations=
  platform=${child##*:}
  case $platform in
    unknown)
      os=unknown architecture=unknown
      annotations=',"annotations":{"vnd.docker.reference.type":"attestation-manifest"}'
      ;;
    */*) os=${platform%%/*} architecture=${platform##*/} ;;
    *) os=linux architecture=$platform ;;
  esac
  entries="$entries${entries:+,}{\"mediaType\":\"$(type_of "$folder/child")\",\"digest\":\"$(digest_of "$folder/child")\",\"size\":$(size_of "$folder/child"),\"platform\":{\"architecture\":\"$architecture\",\"os\":\"$os\"}$annotations}"
done
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' "$index_type" "$entries" >"$folder/index"
put_manifest "$repository" "$tag" "$folder/index" "$index_type"
echo "published $image with $*"
