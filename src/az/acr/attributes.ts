import type { Json, JsonObject } from '../../base/json.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import { openRegistry, type RegistryClient } from './data-plane.js';

/** What attributes are of: a repository, one of its tags, or one of its manifests. */
export interface AttributeTarget {
  repository: string;
  tag?: string | undefined;
  digest?: string | undefined;
}

/** Attributes that lock things. */
export const ATTRIBUTES: readonly ArgumentSpec[] = (
  [
    ['deleteEnabled', '--delete-enabled', 'Indicate whether delete operation is allowed.'],
    [
      'listEnabled',
      '--list-enabled',
      'Indicate whether this item shows in list operation results.',
    ],
    ['readEnabled', '--read-enabled', 'Indicate whether read operation is allowed.'],
    ['writeEnabled', '--write-enabled', 'Indicate whether write or delete operation is allowed.'],
  ] as const
).map(([name, option, help]) => ({ name, options: [option], kind: 'three-state', help }));

export async function showAttributes(
  session: Session,
  args: ArgumentReader,
  target: AttributeTarget,
  registryName?: string,
): Promise<Json> {
  const registry = await openRegistry(
    session,
    args,
    `repository:${target.repository}:metadata_read`,
    registryName,
  );
  const { path, key } = placeOf(target);
  return inside(await registry.show(path), key);
}

/** Sets the attributes that are given; with none it is the same as showing them. */
export async function updateAttributes(
  session: Session,
  args: ArgumentReader,
  target: AttributeTarget,
  registryName?: string,
): Promise<Json> {
  const changes: JsonObject = {};
  for (const { name } of ATTRIBUTES) {
    const state = args.state(name);
    if (state !== undefined) changes[name] = state;
  }
  if (Object.keys(changes).length === 0) {
    return await showAttributes(session, args, target, registryName);
  }
  const registry: RegistryClient = await openRegistry(
    session,
    args,
    `repository:${target.repository}:metadata_write,metadata_read`,
    registryName,
  );
  const { path, key } = placeOf(target);
  return inside(await registry.change('PATCH', path, changes), key);
}

function placeOf({ repository, tag, digest }: AttributeTarget): { path: string; key?: string } {
  const path = `/acr/v1/${repository}`;
  if (tag !== undefined) return { path: `${path}/_tags/${tag}`, key: 'tag' };
  if (digest !== undefined) return { path: `${path}/_manifests/${digest}`, key: 'manifest' };
  return { path };
}

function inside(answer: JsonObject, key: string | undefined): Json {
  return key === undefined ? answer : (answer[key] ?? null);
}
