#!/bin/sh
# Waits until the system log of a revision has rows with each of some words; then prints its rows and its state.
#
# Usage:    await-failure.sh APP REVISION_SUFFIX WORD...
# Needs:    RG
# Optional: WAIT_SECONDS (default 300)
# Exit code 1 when the revision becomes Healthy instead, or nothing happens in time.
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab}"
[ $# -ge 3 ] || { echo "usage: await-failure.sh APP REVISION_SUFFIX WORD..." >&2; exit 2; }
app=$1
revision=$1--$2
shift 2

# The rows of the system log that belong to the revision.
rows() {
  az containerapp logs show --name "$app" --resource-group "$RG" --type system --tail 300 |
    while IFS= read -r row; do
      case $row in *"$revision"*) printf '%s\n' "$row" ;; esac
    done
}

# Whether the rows have every word that follows them.
has_all() {
  text=$1
  shift
  for word in "$@"; do
    case $text in *"$word"*) ;; *) return 1 ;; esac
  done
}

deadline=$(($(date +%s) + ${WAIT_SECONDS:-300}))
while :; do
  found=$(rows)
  state=$(az containerapp revision show --name "$app" --resource-group "$RG" --revision "$revision" \
    --query "properties.[healthState, runningState, runningStateDetails]" --output tsv | tr '\n' ' ')
  case $state in
    Healthy*) failure="became Healthy" ;;
    *) failure= ;;
  esac
  if [ -z "$failure" ] && has_all "$found" "$@"; then
    printf '%s\n' "$found"
    echo "FAILED: revision $revision is $state"
    exit 0
  fi
  [ "$(date +%s)" -lt "$deadline" ] || failure="did not fail within ${WAIT_SECONDS:-300} seconds"
  if [ -n "$failure" ]; then
    printf '%s\n' "$found"
    echo "revision $revision $failure" >&2
    exit 1
  fi
  sleep 0.2
done
