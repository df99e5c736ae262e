// Runs common az commands against a server that has nothing, the Bicep compiler and a build, and keeps in dist/ what
// V8 compiled for them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { loadScript } = createRequire(import.meta.url)('../bin/cached-script.cjs');

const TEMPLATE = `@description('Names everything.')
@minLength(1)
param name string = 'a'
@allowed(['Basic', 'Standard'])
param sku string = 'Basic'
param tags object = {}
var suffix = take(uniqueString(resourceGroup().id, name), 6)
resource r 'Microsoft.ContainerRegistry/registries@2023-07-01' = if (sku != '') {
  name: 'r\${suffix}'
  location: resourceGroup().location
  sku: { name: sku }
  tags: union(tags, { for: name })
  properties: { adminUserEnabled: sku == 'Basic' ? true : false }
}
resource ids 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [for i in range(0, 2): {
  name: 'id-\${i}'
  location: resourceGroup().location
  dependsOn: [r]
}]
output server string = r.properties.loginServer
`;

const home = mkdtempSync(join(tmpdir(), 'lazurite-warm-'));
const server = createServer((request, response) => {
  request.resume();
  const body = { value: [], id: '/', name: 'n', type: 't', properties: {}, access_token: 'a.b.c' };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...body, expires_in: 3600 }));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
try {
  const template = join(home, 'main.bicep');
  writeFileSync(template, TEMPLATE);
  writeConnection(`http://127.0.0.1:${server.address().port}`);
  const az = loadScript('az');
  for (const line of [
    '--version',
    '--help',
    'account show',
    'group list --output table',
    'group create --name n --location eastus',
    'acr show --name n --query id --output tsv',
    'containerapp show --name n --resource-group n',
    'containerapp list --query [].{name:name}',
    `deployment group create --resource-group n --template-file ${template} --parameters name=b`,
  ]) {
    // What comes of them does not matter: an empty answer is no registry and no app.
    await az.exports.runAz(line.split(' '), {
      stdout: () => {},
      stderr: () => {},
      colour: false,
      environment: { LAZURITE_HOME: home },
    });
  }
  az.keep();
  const bicep = loadScript('bicep');
  await bicep.exports.runBicep(['build', '--stdout', template], {
    stdout: () => {},
    stderr: () => {},
  });
  bicep.keep();
  const context = join(home, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nWORKDIR /w\nCOPY . .\nENV A=b\n');
  const builds = loadScript('build');
  const stderr = process.stderr.write;
  const stdout = process.stdout.write;
  process.stdout.write = process.stderr.write = () => true;
  try {
    // The second one finds what the first one made.
    for (let time = 0; time < 2; time++) await builds.exports.main(['--home', home, context]);
  } finally {
    process.stdout.write = stdout;
    process.stderr.write = stderr;
  }
  builds.keep();
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
}

function writeConnection(gateway) {
  mkdirSync(join(home, 'run'));
  const ids = { tenantId: 't', subscriptionId: 's', subscriptionName: 'n', clientId: 'c' };
  const connection = {
    ...ids,
    clientSecret: 'none',
    gateway,
    ca: emptyFile('ca'),
    armAudience: gateway,
    tokenEndpoint: `${gateway}/token`,
    accessKey: 'k',
  };
  writeFileSync(join(home, 'run', 'connection.json'), JSON.stringify(connection));
}

function emptyFile(name) {
  const file = join(home, name);
  writeFileSync(file, '');
  return file;
}
