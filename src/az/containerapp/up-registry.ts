import { createHash } from 'node:crypto';
import { listRegistries, type FoundRegistry } from '../acr/registries.js';
import { AzError } from '../az-error.js';
import { objectsAt, textAt } from '../json-path.js';
import type { JsonObject } from '../../base/json.js';
import type { Session } from '../session.js';

/** The registry that a folder is built in: one that is there, or the name of one to make. */
export type BuildRegistry = { found: FoundRegistry } | { name: string };

/**
 * The registry that is named, else the one that the app pulls from, else the one that belongs to the environment.
 *
 * @param environmentId what the name of an own registry is made of, e.g. `'SUBSCRIPTION/rg/env'`
 * @throws AzError when the named server is no registry of the subscription
 */
export async function findBuildRegistry(
  session: Session,
  options: { server: string | undefined; app: JsonObject | undefined; environmentId: string },
): Promise<BuildRegistry> {
  const { server, app, environmentId } = options;
  const known = await listRegistries(session);
  const of = (text: string): FoundRegistry | undefined =>
    known.find(({ name, loginServer }) =>
      [loginServer, `${name}.azurecr.io`].includes(text.toLowerCase()),
    );
  if (server !== undefined) {
    const found = of(server);
    if (found) return { found };
    throw new AzError('Cannot supply non-Azure registry when using --source.');
  }
  const [only, another] = objectsAt(app, 'properties', 'configuration', 'registries')
    .map((entry) => of(textAt(entry, 'server') ?? ''))
    .filter((found) => found !== undefined);
  if (only && !another) return { found: only };
  const name = `ca${createHash('sha256').update(environmentId).digest('hex').slice(0, 10)}acr`;
  const own = known.find((registry) => registry.name === name);
  return own ? { found: own } : { name };
}

/** A tag that no image has yet: the time, to the microsecond as far as its length goes. */
export function tagOfNow(now: Date): string {
  return `${now.toISOString().replaceAll(/\D/g, '')}000`;
}
