import type { SeedDocument, SeedStep } from './step.js';

const healthy: SeedStep = {
  id: 'A3',
  title: 'its revision becomes healthy',
  clients: ['az'],
  command: `az containerapp revision list --name "$APP_NAME" --resource-group "$RG" \\
  --query "[?name=='$(az containerapp show --name "$APP_NAME" --resource-group "$RG" --query properties.latestRevisionName --output tsv)'].properties.healthState" --output tsv`,
  see: [/^Healthy$/m],
  within: 60,
};

/** The lab that reproduces and recovers an architecture mismatch, by its own commands. */
export const mismatch: SeedDocument = {
  title: 'A. Multi-arch mismatch lab',
  steps: [
    {
      id: 'A1',
      title: 'an image for arm64 alone is refused',
      clients: ['az'],
      before: `az group create --name rg-aca-lab-test4 --location koreacentral --output none
az containerapp env create --name cae-lab4 --resource-group rg-aca-lab-test4 --location koreacentral --output none`,
      command: `az containerapp create --name ca-arch-lab --resource-group rg-aca-lab-test4 \\
  --environment cae-lab4 --image arm64v8/alpine \\
  --command '["sleep","3600"]' --cpu 0.25 --memory 0.5Gi`,
      exit: 'refused',
      see: [
        '(ContainerAppContainersInvalidCpu)',
        'no child with platform linux/amd64 found in manifest list for arm64v8/alpine',
      ],
    },
    {
      id: 'A2',
      title: 'an image for amd64 is accepted',
      clients: ['az'],
      command: `az containerapp create --name ca-arch-lab --resource-group rg-aca-lab-test4 \\
  --environment cae-lab4 \\
  --image mcr.microsoft.com/azuredocs/containerapps-helloworld:latest \\
  --cpu 0.25 --memory 0.5Gi`,
      see: [/Container app created/, '"provisioningState": "Succeeded"'],
    },
    {
      id: 'A2',
      title: 'and answers HTTP 200',
      clients: ['az', 'curl'],
      before:
        'az containerapp ingress enable --name ca-arch-lab --resource-group rg-aca-lab-test4 --type external --target-port 80 --output none',
      command: `curl --silent --output /dev/null --write-out '%{http_code}\\n' \\
  "https://$(az containerapp show --name ca-arch-lab --resource-group rg-aca-lab-test4 --query properties.configuration.ingress.fqdn --output tsv)"`,
      see: [/^200$/m],
      within: 60,
    },
    {
      id: 'A3',
      title: 'a tag for arm64 alone, deployed, is refused',
      clients: ['az', 'docker'],
      before: `export RG=rg-aca-lab-test4 APP_NAME=ca-arch-lab ACR_NAME="acrarch$RANDOM$RANDOM"
az acr create --name "$ACR_NAME" --resource-group "$RG" --sku Basic --admin-enabled true --output none
az acr login --name "$ACR_NAME"
printf 'FROM scratch\\nARG TARGETARCH\\nCOPY bin/hello-linux-$TARGETARCH /hello\\nENTRYPOINT ["/hello"]\\n' > "$SCRATCH/Dockerfile"
az acr build --registry "$ACR_NAME" --image myapp:arm64 --platform linux/arm64 --file "$SCRATCH/Dockerfile" workload/hello --no-logs --output none
docker manifest create "$ACR_NAME.azurecr.io/myapp:singlearch" "$ACR_NAME.azurecr.io/myapp:arm64"
docker manifest push --purge "$ACR_NAME.azurecr.io/myapp:singlearch"`,
      command: `az containerapp registry set --name "$APP_NAME" --resource-group "$RG" --server "$ACR_NAME.azurecr.io" \\
  --username "$ACR_NAME" --password "$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)" --output none
az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$ACR_NAME.azurecr.io/myapp:singlearch"`,
      exit: 'refused',
      see: [/no child with platform linux\/amd64 found in manifest list for \S+\/myapp:singlearch/],
    },
    {
      id: 'A3',
      title: 'the manifest metadata shows which platform there is',
      clients: ['az'],
      command: 'az acr manifest list-metadata --registry "$ACR_NAME" --name myapp',
      see: ['"architecture": "arm64"'],
      never: ['"architecture": "amd64"'],
    },
    {
      id: 'A3',
      title: 'an index of both is published',
      clients: ['az', 'docker'],
      command: `az acr build --registry "$ACR_NAME" --image myapp:amd64 --platform linux/amd64 --file "$SCRATCH/Dockerfile" workload/hello --no-logs --output none
docker manifest create "$ACR_NAME.azurecr.io/myapp:multiarch" "$ACR_NAME.azurecr.io/myapp:arm64" "$ACR_NAME.azurecr.io/myapp:amd64"
docker manifest push --purge "$ACR_NAME.azurecr.io/myapp:multiarch"`,
      see: [/sha256:[0-9a-f]{64}/],
    },
    corrected('A6', 'the app takes the corrected tag'),
    healthy,
    {
      id: 'A4',
      title: 'reverting only the composition of the tag brings the failure back',
      clients: ['az', 'docker'],
      command: `docker manifest create "$ACR_NAME.azurecr.io/myapp:multiarch" "$ACR_NAME.azurecr.io/myapp:arm64"
docker manifest push --purge "$ACR_NAME.azurecr.io/myapp:multiarch"
az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$ACR_NAME.azurecr.io/myapp:multiarch" --revision-suffix reverted`,
      exit: 'refused',
      see: [/no child with platform linux\/amd64 found/],
    },
    {
      id: 'A4',
      title: 'and applying it again brings the recovery back',
      clients: ['az', 'docker'],
      command: `docker manifest create "$ACR_NAME.azurecr.io/myapp:multiarch" "$ACR_NAME.azurecr.io/myapp:arm64" "$ACR_NAME.azurecr.io/myapp:amd64"
docker manifest push --purge "$ACR_NAME.azurecr.io/myapp:multiarch"
az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$ACR_NAME.azurecr.io/myapp:multiarch" --revision-suffix again`,
      see: ['"provisioningState": "Succeeded"'],
    },
    healthy,
    {
      id: 'A7',
      title: 'the same fault is found in a template before it is deployed',
      clients: ['lazurite'],
      before: `cat > "$SCRATCH/app.yaml" <<EOF
properties:
  template:
    containers:
      - name: app
        image: $ACR_NAME.azurecr.io/myapp:singlearch
EOF`,
      command: 'lazurite check "$SCRATCH/app.yaml"',
      exit: 'refused',
      see: [/linux\/amd64/, /myapp:singlearch/],
    },
    {
      id: 'A5',
      title: 'every line of evidence says how sure it is, and where it is from',
      clients: ['lazurite'],
      command: `lazurite lab run multi-arch-image-mismatch --output "$SCRATCH/mismatch"
cat "$SCRATCH/mismatch/report.md"`,
      see: [/^SUPPORTED/m, /\[Observed\]/, /\[Correlated\]/, /\[Inferred\]/],
    },
  ],
};

/** The clean-up of the document: the app is left on the corrected tag. */
function corrected(id: string, title: string): SeedStep {
  return {
    id,
    title,
    clients: ['az'],
    // the program of this workload listens on another port than the page of A2
    before:
      'az containerapp ingress update --name "$APP_NAME" --resource-group "$RG" --target-port 8000 --output none',
    command: `az containerapp update \\
    --name "$APP_NAME" \\
    --resource-group "$RG" \\
    --image "$ACR_NAME.azurecr.io/myapp:multiarch"`,
    see: ['"provisioningState": "Succeeded"', /"image": "\S+\.azurecr\.io\/myapp:multiarch"/],
  };
}
