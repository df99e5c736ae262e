#!/bin/sh
# Runs one of the task files beside it on the sources of the labs' app.
#
# Usage:    run-task.sh FILE TAG
# Needs:    ACR_NAME; PLATFORM for one-platform.yaml, e.g. linux/arm64
set -eu
: "${ACR_NAME:?the registry; ../common/setup.sh prints it}"
[ $# -eq 2 ] || { echo "usage: run-task.sh FILE TAG" >&2; exit 2; }
folder=$(dirname -- "$0")

sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
app=$folder/../common/workload
# Its .dockerignore leaves out the Dockerfile, which `az acr build` sends by itself and `az acr run` does not.
cp -R "$app/Dockerfile" "$app/bin" "$folder/$1" "$sources"
az acr run --registry "$ACR_NAME" --file "$1" --set tag="$2" --set platform="${PLATFORM:-linux/amd64}" "$sources"
