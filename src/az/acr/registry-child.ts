import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import { fillShape, SYSTEM_DATA, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import { groupOfRegistry, registryName, registryPath, REGISTRY_API_VERSION } from './registries.js';

/** The registry as `-n`, for commands on registries themselves. */
export const REGISTRY_NAME: ArgumentSpec = {
  name: 'registry',
  options: ['--name', '-n'],
  required: true,
  environment: 'AZURE_DEFAULTS_ACR',
  help: 'The name of the container registry. You can configure the default registry name using `az configure --defaults acr=<registry name>`.',
};

/** The registry as `-r`, for commands whose `-n` is something in it. */
export const REGISTRY: ArgumentSpec = {
  name: 'registry',
  options: ['--registry', '-r'],
  required: true,
  environment: 'AZURE_DEFAULTS_ACR',
  help: 'The name of the container registry. It should be specified in lower case. You can configure the default registry name using `az configure --defaults acr=<registry name>`.',
};

/** Common to every command on something in a registry. */
export const CHILD_ARGUMENTS: readonly ArgumentSpec[] = [REGISTRY, OPTIONAL_RESOURCE_GROUP];

/** A resource below a registry, e.g. a token: where it is and what of it the stock client prints. */
export interface RegistryChild {
  /** `'tokens'` */
  kind: string;
  /** Fields of `properties`; they are printed beside `id` and `name`. */
  fields: Readonly<Record<string, Shape>>;
  apiVersion?: string;
}

/** The path of the registry that the arguments name. @throws AzError when there is none */
export async function registryPathOf(session: Session, args: ArgumentReader): Promise<string> {
  const name = registryName(args.text('registry'));
  const group = await groupOfRegistry(session, name, args.optional('resourceGroup'));
  return registryPath(session, group, name);
}

/** `…/registries/NAME/tokens/t1`, or `…/tokens` without a name */
export async function childPath(
  session: Session,
  args: ArgumentReader,
  child: RegistryChild,
  name?: string,
): Promise<string> {
  const registry = await registryPathOf(session, args);
  return `${registry}/${child.kind}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

export async function getChild(
  session: Session,
  args: ArgumentReader,
  child: RegistryChild,
): Promise<Json> {
  const path = await childPath(session, args, child, args.text('name'));
  return printedChild(await session.armJson({ method: 'GET', path, ...version(child) }), child);
}

export async function listChildren(
  session: Session,
  args: ArgumentReader,
  child: RegistryChild,
): Promise<Json> {
  const path = await childPath(session, args, child);
  const found = await session.armList({ method: 'GET', path, ...version(child) });
  return found.map((item) => printedChild(item, child));
}

/** PUT or PATCH of a child, waited for. */
export async function sendChild(
  session: Session,
  args: ArgumentReader,
  child: RegistryChild,
  sent: { method: 'PUT' | 'PATCH'; name: string; body: JsonObject },
): Promise<JsonObject> {
  const path = await childPath(session, args, child, sent.name);
  const { method, body } = sent;
  const stored = await session.armOperation(
    { method, path, body, ...version(child) },
    { wait: true },
  );
  return printedChild(stored ?? {}, child);
}

export async function deleteChild(
  session: Session,
  args: ArgumentReader,
  child: RegistryChild,
): Promise<void> {
  const path = await childPath(session, args, child, args.text('name'));
  await session.armOperation({ method: 'DELETE', path, ...version(child) }, { wait: true });
}

/** As the library prints it: properties lifted to the top, every field of the model there. */
export function printedChild(resource: JsonObject, child: RegistryChild): JsonObject {
  const properties = isJsonObject(resource['properties']) ? resource['properties'] : {};
  const shape = { id: 'any', name: 'any', type: 'any', systemData: SYSTEM_DATA } as const;
  const filled = fillShape(
    { ...properties, ...resource },
    { ...shape, ...child.fields },
    { keepUnknown: false },
  );
  return isJsonObject(filled) ? filled : {};
}

function version(child: RegistryChild): { apiVersion: string } {
  return { apiVersion: child.apiVersion ?? REGISTRY_API_VERSION };
}
