#!/bin/sh
# Imports the public image into the registry, as someone that the public registry knows: without a limit, or with
# a higher one.
#
# Needs:    ACR_NAME, and UPSTREAM_NAME, the registry of upstream.sh;
#           or UPSTREAM, UPSTREAM_USERNAME and UPSTREAM_PASSWORD of another
# Optional: UPSTREAM_IMAGE (default library/hello:v1)
set -eu
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
image=${UPSTREAM_IMAGE:-library/hello:v1}
if [ -n "${UPSTREAM_USERNAME:-}" ]; then
  az acr import --name "$ACR_NAME" --source "$UPSTREAM/$image" --image hello:v1 --force \
    --username "$UPSTREAM_USERNAME" --password "$UPSTREAM_PASSWORD"
else
  az acr import --name "$ACR_NAME" --source "$image" --image hello:v1 --force \
    --registry "${UPSTREAM_NAME:?the registry of upstream.sh}"
fi
echo "imported $image as hello:v1"
