import type { SeedDocument } from './step.js';

const BAD_TAG = 'does-not-exist';

/** The lab that reproduces and recovers an image-pull failure, as its runbook has it. */
export const pullFailure: SeedDocument = {
  title: 'B. Image-pull failure lab',
  steps: [
    {
      id: 'B1',
      title: 'the extension installs without a network',
      clients: ['az'],
      command: 'az extension add --name containerapp --upgrade',
      see: [],
      never: [/ERROR/],
    },
    {
      id: 'B2',
      title: 'a subscription',
      clients: ['az'],
      command: 'az login',
      see: ['"state": "Enabled"'],
    },
    {
      id: 'B3',
      title: 'the resource group',
      clients: ['az'],
      command: `export RG="rg-aca-lab-acr"
export LOCATION="koreacentral"
az group create --name "$RG" --location "$LOCATION"`,
      see: ['"provisioningState": "Succeeded"'],
    },
    {
      id: 'B4',
      title: 'the infrastructure, from Bicep',
      clients: ['az'],
      command: `az deployment group create \\
    --name "lab-acr" \\
    --resource-group "$RG" \\
    --template-file "./labs/acr-pull-failure/infra/main.bicep" \\
    --parameters baseName="labacr"`,
      see: ['"provisioningState": "Succeeded"'],
    },
    ...output('B5', 'APP_NAME', 'containerAppName', /^ca-labacr-\w+$/m),
    ...output('B6', 'ACR_NAME', 'containerRegistryName', /^acrlabacr\w+$/m),
    ...output('B7', 'ENVIRONMENT_NAME', 'environmentName', /^cae-labacr-\w+$/m),
    {
      id: 'B8',
      title: 'the revision is active and not healthy',
      clients: ['az', 'bash'],
      command: './labs/acr-pull-failure/trigger.sh',
      see: [/True .*\b(Unhealthy|None)\b.* ca-labacr-\S+--\S+/],
      never: [/\bHealthy\b/],
    },
    {
      id: 'B9',
      title: 'the log tells why',
      clients: ['az'],
      command:
        'az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail 20',
      see: [
        /PullingImage/,
        /Pulling image '\S+\.azurecr\.io\/labacr:does-not-exist'/,
        /ImagePullFailed/,
        `manifest unknown: manifest tagged by \\"${BAD_TAG}\\" is not found`,
        /Back-off pulling image '\S+\.azurecr\.io\/labacr:does-not-exist'/,
      ],
      within: 60,
    },
    {
      id: 'B10',
      title: 'the same evidence, asked directly',
      clients: ['az'],
      command: `az containerapp logs show \\
    --name "$APP_NAME" \\
    --resource-group "$RG" \\
    --type system`,
      see: [/ImagePullFailed/, /manifest unknown/],
    },
    {
      id: 'B16',
      title: 'the tag is missing before the fix',
      clients: ['az'],
      command: 'az acr repository show-tags --name "$ACR_NAME" --repository "labacr"',
      exit: 'refused',
      see: [/repository name not known to registry/],
    },
    {
      id: 'B11',
      title: 'docker logs in',
      clients: ['az', 'docker'],
      command: 'az acr login --name "$ACR_NAME"',
      see: ['Login Succeeded'],
    },
    {
      id: 'B12',
      title: 'docker builds',
      clients: ['docker'],
      command:
        'docker build --tag "$ACR_NAME.azurecr.io/labacr:v1" "./labs/acr-pull-failure/workload"',
      see: [/(Successfully tagged|naming to) \S+\.azurecr\.io\/labacr:v1/],
    },
    {
      id: 'B13',
      title: 'docker pushes',
      clients: ['docker'],
      command: 'docker push "$ACR_NAME.azurecr.io/labacr:v1"',
      see: [/v1: digest: sha256:[0-9a-f]{64}/],
    },
    {
      id: 'B14',
      title: 'the app takes the image',
      clients: ['az'],
      command: `az containerapp update \\
    --name "$APP_NAME" \\
    --resource-group "$RG" \\
    --image "$ACR_NAME.azurecr.io/labacr:v1"`,
      see: ['"provisioningState": "Succeeded"', /"latestRevisionName": "ca-labacr-\S+--\S+"/],
    },
    {
      id: 'B15',
      title: 'the verify script builds, updates and sees the app healthy',
      clients: ['az', 'bash'],
      command: './labs/acr-pull-failure/verify.sh',
      see: [/failure was reproduced/, /Healthy/],
      never: [/^FAIL/m],
    },
    {
      id: 'B16',
      title: 'the tag is there after the fix',
      clients: ['az'],
      command: 'az acr repository show-tags --name "$ACR_NAME" --repository "labacr"',
      see: ['"v1"'],
    },
    {
      id: 'B19',
      title: 'a pull that is not authorised',
      clients: ['az'],
      command: `az containerapp secret set --name "$APP_NAME" --resource-group "$RG" --secrets \\
    "$(az containerapp secret list --name "$APP_NAME" --resource-group "$RG" --query "[0].name" --output tsv)=wrong" --output none
az acr build --registry "$ACR_NAME" --image labacr:v2 ./labs/acr-pull-failure/workload --no-logs --output none
az containerapp update --name "$APP_NAME" --resource-group "$RG" --image "$ACR_NAME.azurecr.io/labacr:v2" --output none
for try in $(seq 20); do
  az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail 20 | grep unauthorized && break
done`,
      see: [/Container pull image failed with unauthorized error/],
    },
    {
      id: 'B17',
      title: 'the group goes',
      clients: ['az'],
      command: 'az group delete --name "$RG" --yes --no-wait',
      see: [],
    },
    {
      id: 'B17',
      title: 'and everything in it soon after',
      clients: ['az'],
      command: 'az group exists --name "$RG"',
      see: ['false'],
      within: 60,
    },
    {
      id: 'B18',
      title: 'the experiment log is filled in from a run',
      clients: ['lazurite'],
      command: `lazurite lab run acr-pull-failure --output "$SCRATCH/pull-failure"
cat "$SCRATCH/pull-failure/report.md"`,
      see: [/^SUPPORTED/m, /\| .*Pass/],
      never: [/\| *Fail *\|/],
    },
  ],
};

/** `az deployment group show` into a variable, as the document captures the outputs. */
function output(id: string, variable: string, name: string, value: RegExp): SeedDocument['steps'] {
  return [
    {
      id,
      title: `the output ${name}`,
      clients: ['az'],
      command: `export ${variable}="$(az deployment group show \\
    --resource-group "$RG" \\
    --name "lab-acr" \\
    --query "properties.outputs.${name}.value" \\
    --output tsv)"
echo "$${variable}"`,
      see: [value],
    },
  ];
}
