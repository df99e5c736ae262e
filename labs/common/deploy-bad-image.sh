#!/bin/sh
# Deploys an image and shows how it fails: refused at once, or as a revision that can't pull.
#
# Usage:    deploy-bad-image.sh APP REPOSITORY:TAG REVISION_SUFFIX
# Needs:    what deploy.sh and await-failure.sh need
# Exit code 0 when the deployment is refused or the revision fails, 1 when the revision becomes Healthy.
set -eu
folder=$(dirname -- "$0")

if "$folder/deploy.sh" "$1" "$2" "$3" 2>&1; then
  exec "$folder/await-failure.sh" "$1" "$3" ImagePullFail BackOff
fi
echo "REFUSED: no revision was created"
