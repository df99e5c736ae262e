/** A Bicep file of so many lines: parameters, variables, identities and registries that refer to one another. */
export function bicepFile(lines: number): string {
  const parts = Math.floor((lines - HEAD.length) / PART_LINES);
  const rest = lines - HEAD.length - parts * PART_LINES;
  const written = Array.from({ length: parts }, (_, index) => part(index)).flat();
  return [...HEAD, ...written, ...Array<string>(rest).fill('// the rest')].join('\n');
}

const HEAD = [
  "param baseName string = 'bench'",
  'param location string = resourceGroup().location',
];
const PART_LINES = 24;

function part(index: number): string[] {
  return [
    '',
    `@description('Tag ${index}.')`,
    '@minLength(1)',
    `param tag${index} string = 'v${index}'`,
    `var name${index} = '\${baseName}-\${take(uniqueString(resourceGroup().id, tag${index}), 8)}-${index}'`,
    '',
    `resource identity${index} 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {`,
    `  name: 'id-\${name${index}}'`,
    '  location: location',
    '}',
    '',
    `resource registry${index} 'Microsoft.ContainerRegistry/registries@2023-07-01' = if (tag${index} != 'none') {`,
    `  name: replace('acr\${name${index}}', '-', '')`,
    '  location: location',
    '  sku: {',
    "    name: 'Basic'",
    '  }',
    '  properties: {',
    `    adminUserEnabled: tag${index} == 'v1' ? true : false`,
    '  }',
    `  tags: union({ index: '${index}' }, empty(tag${index}) ? {} : { tag: tag${index} })`,
    '}',
    '// one output for both: a file may have 64',
    `output made${index} string = '\${registry${index}.properties.loginServer} \${identity${index}.properties.principalId}'`,
  ];
}

/** A template of so many resources of two kinds. */
export function template(resources: number): object {
  const kinds = [
    {
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      apiVersion: '2023-01-31',
      name: 'id',
    },
    { type: 'Microsoft.OperationalInsights/workspaces', apiVersion: '2023-09-01', name: 'logs' },
  ];
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: kinds.map(({ name, ...kind }, index) => ({
      ...kind,
      name: `[format('${name}-{0}', copyIndex())]`,
      location: '[resourceGroup().location]',
      properties: {},
      copy: { name, count: index === 0 ? Math.ceil(resources / 2) : Math.floor(resources / 2) },
    })),
  };
}
