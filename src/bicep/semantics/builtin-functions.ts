/** Arity and place of a function of the language. */
export interface BuiltinFunction {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** `paramDefault`: only in parameter defaults. `runtime`: reads the running system. `compile`: evaluated by the compiler. */
  readonly use?: 'paramDefault' | 'runtime' | 'compile';
}

const ANY = Infinity;

const table: [string, number, number, BuiltinFunction['use']?][] = [
  ['any', 1, 1],
  ['array', 1, 1],
  ['base64', 1, 1],
  ['base64ToJson', 1, 1],
  ['base64ToString', 1, 1],
  ['bool', 1, 1],
  ['buildUri', 1, 1],
  ['cidrHost', 2, 2],
  ['cidrSubnet', 3, 3],
  ['concat', 1, ANY],
  ['contains', 2, 2],
  ['distinct', 1, 1],
  ['like', 2, 2],
  ['dataUri', 1, 1],
  ['dataUriToString', 1, 1],
  ['dateTimeAdd', 2, 3],
  ['dateTimeFromEpoch', 1, 1],
  ['dateTimeToEpoch', 1, 1],
  ['deployer', 0, 0],
  ['deployment', 0, 0],
  ['empty', 1, 1],
  ['endsWith', 2, 2],
  ['environment', 0, 0],
  ['extensionResourceId', 3, ANY],
  ['fail', 1, 1],
  ['filter', 2, 2],
  ['first', 1, 1],
  ['flatten', 1, 1],
  ['format', 2, ANY],
  ['getSecret', 4, 5],
  ['groupBy', 2, 3],
  ['guid', 1, ANY],
  ['indexOf', 2, 2],
  ['int', 1, 1],
  ['intersection', 2, ANY],
  ['items', 1, 1],
  ['join', 2, 2],
  ['json', 1, 1],
  ['last', 1, 1],
  ['lastIndexOf', 2, 2],
  ['length', 1, 1],
  ['loadDirectoryFileInfo', 1, 2, 'compile'],
  ['loadFileAsBase64', 1, 1, 'compile'],
  ['loadJsonContent', 1, 3, 'compile'],
  ['loadTextContent', 1, 2, 'compile'],
  ['loadYamlContent', 1, 3, 'compile'],
  ['managementGroup', 0, 1],
  ['managementGroupResourceId', 2, ANY],
  ['map', 2, 2],
  ['mapValues', 2, 2],
  ['max', 1, ANY],
  ['min', 1, ANY],
  ['nameof', 1, 1, 'compile'],
  ['newGuid', 0, 0, 'paramDefault'],
  ['objectKeys', 1, 1],
  ['padLeft', 2, 3],
  ['parseCidr', 1, 1],
  ['parseUri', 1, 1],
  ['pickZones', 3, 5],
  ['providers', 1, 2],
  ['range', 2, 2],
  ['reduce', 3, 3],
  ['reference', 1, 3, 'runtime'],
  ['replace', 3, 3],
  ['resourceGroup', 0, 2],
  ['resourceId', 2, ANY],
  ['shallowMerge', 1, 1],
  ['skip', 2, 2],
  ['sort', 2, 2],
  ['split', 2, 2],
  ['startsWith', 2, 2],
  ['string', 1, 1],
  ['subscription', 0, 1],
  ['subscriptionResourceId', 2, ANY],
  ['substring', 2, 3],
  ['take', 2, 2],
  ['tenant', 0, 0],
  ['tenantResourceId', 2, ANY],
  ['toLogicalZone', 3, 3],
  ['toLogicalZones', 3, 3],
  ['toLower', 1, 1],
  ['toObject', 2, 3],
  ['toPhysicalZone', 3, 3],
  ['toPhysicalZones', 3, 3],
  ['toUpper', 1, 1],
  ['trim', 1, 1],
  ['union', 2, ANY],
  ['uniqueString', 1, ANY],
  ['uri', 2, 2],
  ['uriComponent', 1, 1],
  ['uriComponentToString', 1, 1],
  ['utcNow', 0, 1, 'paramDefault'],
  ['readEnvironmentVariable', 1, 2, 'compile'],
  ['tryGet', 2, ANY],
];

/** Every function of the `sys` and `az` namespaces by name. */
export const BUILTIN_FUNCTIONS: ReadonlyMap<string, BuiltinFunction> = new Map(
  table.map(([name, min, max, use]) => [name, { name, min, max, ...(use ? { use } : {}) }]),
);

/** Functions of templates that the language replaces by an operator or a literal. */
export const REPLACED_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['sub', '-'],
  ['mul', '*'],
  ['div', '/'],
  ['mod', '%'],
  ['less', '<'],
  ['lessOrEquals', '<='],
  ['greater', '>'],
  ['greaterOrEquals', '>='],
  ['equals', '=='],
  ['not', '!'],
  ['and', '&&'],
  ['or', '||'],
  ['coalesce', '??'],
]);

/** The kind of file that may call a function, where it is not both. */
function onlyIn(name: string): 'bicep' | 'parameters' | undefined {
  switch (name) {
    case 'readEnvironmentVariable':
    case 'getSecret':
      return 'parameters';
    case 'tenant':
    case 'managementGroup':
    case 'subscription':
    case 'resourceGroup':
    case 'deployment':
    case 'deployer':
    case 'environment':
    case 'resourceId':
    case 'subscriptionResourceId':
    case 'tenantResourceId':
    case 'extensionResourceId':
    case 'managementGroupResourceId':
    case 'providers':
    case 'toLogicalZone':
    case 'toLogicalZones':
    case 'toPhysicalZone':
    case 'toPhysicalZones':
    case 'pickZones':
    case 'reference':
      return 'bicep';
    default:
      return /^list[A-Z]/.test(name) ? 'bicep' : undefined;
  }
}

/** The namespace that has a function of the language. */
export function namespaceOf(name: string): 'az' | 'sys' {
  return name === 'getSecret' || onlyIn(name) === 'bicep' ? 'az' : 'sys';
}

/** Whether a file may call a function of the language by this name. */
export function isCallable(name: string, isParameters: boolean): boolean {
  if (!builtinFunction(name)) return false;
  const only = onlyIn(name);
  return only === undefined || isParameters === (only === 'parameters');
}

export function builtinFunction(name: string): BuiltinFunction | undefined {
  const known = BUILTIN_FUNCTIONS.get(name);
  if (known) return known;
  return /^list[A-Za-z]*$/.test(name) ? { name, min: 2, max: 3, use: 'runtime' } : undefined;
}

/** Names of the language's types. */
export const BUILTIN_TYPES: ReadonlySet<string> = new Set([
  'string',
  'int',
  'bool',
  'object',
  'array',
  'any',
]);
