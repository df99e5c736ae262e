#!/bin/sh
# Pushes a provenance statement of an image as BuildKit stores one: a manifest whose layer is an in-toto document.
#
# Usage:    attest.sh REPOSITORY TAG ATTESTATION_TAG
# Needs:    curl; ACR_NAME, with the admin user enabled
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
[ $# -eq 3 ] || { echo "usage: attest.sh REPOSITORY TAG ATTESTATION_TAG" >&2; exit 2; }
. "$(dirname -- "$0")/../common/registry-request.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
get_manifest "$1" "$2" "$folder/image"
image=$(digest_of "$folder/image")
predicate=https://slsa.dev/provenance/v1
printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"%s","subject":[{"name":"%s","digest":{"sha256":"%s"}}],"predicate":{"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md"}}}' \
  "$predicate" "pkg:docker/$1@$2" "${image#sha256:}" >"$folder/statement"
printf '{"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":["%s"]}}' \
  "$(digest_of "$folder/statement")" >"$folder/config"
put_blob "$1" "$folder/statement"
put_blob "$1" "$folder/config"
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%s},"layers":[{"mediaType":"application/vnd.in-toto+json","digest":"%s","size":%s,"annotations":{"in-toto.io/predicate-type":"%s"}}]}' \
  "$image_type" "$(digest_of "$folder/config")" "$(size_of "$folder/config")" \
  "$(digest_of "$folder/statement")" "$(size_of "$folder/statement")" "$predicate" >"$folder/attestation"
put_manifest "$1" "$3" "$folder/attestation" "$image_type"
echo "attested $image"
