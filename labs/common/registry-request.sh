# Sourced by scripts that speak to the registry itself. Sets registry, the address of its API, and authorization.
#
# Needs:    ACR_NAME, with the admin user enabled
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
: "${ACR_NAME:?the registry; setup.sh prints it}"
server=${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}
case $server in localhost:*) scheme=http ;; *) scheme=https ;; esac
registry=$scheme://$server/v2
password=$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)
authorization="Authorization=Basic $(printf '%s' "$ACR_NAME:$password" | base64 | tr -d '\n')"
image_type=application/vnd.oci.image.manifest.v1+json
docker_type=application/vnd.docker.distribution.manifest.v2+json
index_type=application/vnd.oci.image.index.v1+json

# Prints the digest of a file.
digest_of() {
  echo "sha256:$(sha256sum <"$1" | cut -d ' ' -f 1)"
}

# Prints the bytes of a file.
size_of() {
  wc -c <"$1" | tr -d ' '
}

# get_manifest REPOSITORY TAG FILE
get_manifest() {
  az rest --method get --url "$registry/$1/manifests/$2" --skip-authorization-header \
    --headers "$authorization" "Accept=$image_type, $docker_type" --output-file "$3"
}

# Prints the media type of a manifest of an image.
type_of() {
  if grep -q "$docker_type" "$1"; then echo "$docker_type"; else echo "$image_type"; fi
}

# put_manifest REPOSITORY TAG FILE MEDIA_TYPE
put_manifest() {
  az rest --method put --url "$registry/$1/manifests/$2" --skip-authorization-header \
    --headers "$authorization" "Content-Type=$4" --body "@$3" --output none
}

# get_blob REPOSITORY DIGEST FILE
get_blob() {
  curl --fail --silent --show-error --location --user "$ACR_NAME:$password" --output "$3" "$registry/$1/blobs/$2"
}

# put_blob REPOSITORY FILE: the registry answers the start of an upload with the address that it goes to, and
# that is a header, which `az rest` does not show.
put_blob() {
  location=$(curl --fail --silent --show-error --request POST --user "$ACR_NAME:$password" --output /dev/null \
    --dump-header - "$registry/$1/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  case $location in /*) location=$scheme://$server$location ;; esac
  case $location in *\?*) location="$location&" ;; *) location="$location?" ;; esac
  curl --fail --silent --show-error --request PUT --user "$ACR_NAME:$password" --output /dev/null \
    --header 'Content-Type: application/octet-stream' --data-binary "@$2" "${location}digest=$(digest_of "$2")"
}
