#!/bin/sh
# Leaves the app on the corrected tag. Where the experiment did not come that far there is nothing worth
# leaving: then the resource group goes, with everything in it.
#
# Needs:    RG, APP_NAME
# Optional: ACR_NAME; ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
: "${RG:?the resource group, e.g. rg-aca-lab-arch}"
: "${APP_NAME:?the container app, e.g. ca-arch-lab}"
server=${ACR_LOGIN_SERVER:-${ACR_NAME:-}.azurecr.io}

is_corrected() {
  [ -n "${ACR_NAME:-}" ] || return 1
  case $(az acr manifest show --registry "$ACR_NAME" --name myapp:multiarch 2>/dev/null) in
    *amd64*) ;;
    *) return 1 ;;
  esac
  az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$server/myapp:multiarch" \
    --query "[properties.provisioningState, properties.template.containers[0].image]" --output tsv
}

if is_corrected; then
  echo "To remove everything:  az group delete --name $RG --yes"
else
  az group delete --name "$RG" --yes --no-wait
  echo "deleted the resource group $RG"
fi
