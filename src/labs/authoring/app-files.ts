import {
  LOGIN_SERVER,
  STAND_IN_IMAGE,
  type DeployedRevision,
  type Experiment,
} from './experiment-of-app.js';
import type { NewFile } from './write-lab.js';

const BICEP = `// The app as it was captured. What differs between the two revisions is in good.json and bad.json.

param appName string
param environmentName string
param registryName string

@description('Names the revision.')
param revisionSuffix string

@description('The template of the revision; ${LOGIN_SERVER} stands for the registry in its images.')
param template object

@description('Empty for an app without ingress.')
param ingress object

@description('Empty for the password of the registry; another one is refused.')
param registryPassword string

@description('Names of secrets. Their values are not captured.')
param secretNames array = []

param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' existing = {
  name: environmentName
}

var ownSecret = [
  {
    name: 'registry-password'
    value: empty(registryPassword) ? registry.listCredentials().passwords[0].value : registryPassword
  }
]
var otherSecrets = [for name in secretNames: {
  name: name
  value: 'not captured'
}]

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: appName
  location: location
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      ingress: empty(ingress) ? null : ingress
      registries: [
        {
          server: registry.properties.loginServer
          username: registry.name
          passwordSecretRef: 'registry-password'
        }
      ]
      secrets: concat(ownSecret, otherSecrets)
    }
    template: union(json(replace(string(template), '${LOGIN_SERVER}', registry.properties.loginServer)), {
      revisionSuffix: revisionSuffix
    })
  }
}

output revisionName string = app.properties.latestRevisionName
`;

const DEPLOY = `#!/bin/sh
# Deploys a revision of the app as it was captured. Prints the revision's name.
#
# Usage:    deploy.sh APP good|bad REVISION_SUFFIX
# Needs:    RG, ENVIRONMENT_NAME, ACR_NAME
set -eu
: "\${RG:?the resource group}"
: "\${ENVIRONMENT_NAME:?the environment}"
: "\${ACR_NAME:?the registry; common/setup.sh prints it}"
[ $# -eq 3 ] || { echo "usage: deploy.sh APP good|bad REVISION_SUFFIX" >&2; exit 2; }
folder=$(dirname -- "$0")/infra
az deployment group create --name "$1-$3" --resource-group "$RG" --template-file "$folder/app.bicep" \\
  --parameters "@$folder/$2.json" \\
  --parameters appName="$1" environmentName="$ENVIRONMENT_NAME" registryName="$ACR_NAME" revisionSuffix="$3" \\
  --query properties.outputs.revisionName.value --output tsv
`;

/** An image that was captured, and where it is in the lab's folder. */
export interface CapturedImage {
  /** e.g. `'shop/web:v2'`, or with `@sha256:…` */
  name: string;
  /** Tag of the OCI image layout `images`, e.g. `'image-1'`. */
  layoutTag: string;
}

function publishScript(images: readonly CapturedImage[], withStandIn: boolean): string {
  const copies = images.map(
    ({ name, layoutTag }) =>
      `lazurite image copy "oci:$folder/images:${layoutTag}" "$server/${name}"`,
  );
  return `#!/bin/sh
# Publishes the images that were captured, byte for byte.
#
# Needs:    ACR_NAME, with the admin user enabled; lazurite on PATH
# Optional: ACR_LOGIN_SERVER (default $ACR_NAME.azurecr.io)
set -eu
: "\${ACR_NAME:?the registry; common/setup.sh prints it}"
server=\${ACR_LOGIN_SERVER:-$ACR_NAME.azurecr.io}
folder=$(dirname -- "$0")
DOCKER_CONFIG=$(mktemp -d)
export DOCKER_CONFIG
trap 'rm -rf "$DOCKER_CONFIG"' EXIT
password=$(az acr credential show --name "$ACR_NAME" --query "passwords[0].value" --output tsv)
printf '{"auths":{"%s":{"auth":"%s"}}}' "$server" \\
  "$(printf '%s' "$ACR_NAME:$password" | base64 | tr -d '\\n')" >"$DOCKER_CONFIG/config.json"
${copies.join('\n')}
${withStandIn ? `az acr build --registry "$ACR_NAME" --image ${STAND_IN_IMAGE} "$folder/common/workload"\n` : ''}echo "published"
`;
}

/** The scripts and the template with which the app is deployed again. */
export function filesOfApp(experiment: Experiment, images: readonly CapturedImage[]): NewFile[] {
  const { good, bad, isStandIn, secrets } = experiment;
  return [
    { path: 'infra/app.bicep', content: BICEP },
    { path: 'infra/good.json', content: parametersFile(good, secrets) },
    { path: 'infra/bad.json', content: parametersFile(bad, secrets) },
    { path: 'deploy.sh', content: DEPLOY, executable: true },
    { path: 'publish.sh', content: publishScript(images, isStandIn), executable: true },
  ];
}

function parametersFile(revision: DeployedRevision, secretNames: readonly string[]): string {
  const { template, ingress, registryPassword } = revision;
  const values = { template, ingress, registryPassword, secretNames };
  const document = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value }]),
    ),
  };
  return JSON.stringify(document, null, 2) + '\n';
}
