import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { confirm } from '../confirm.js';
import { objectAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { openRegistry } from './data-plane.js';
import { artifactOf, targetOf } from './manifest-target.js';
import { findRegistry, registryName } from './registries.js';

/** `az acr manifest list-deleted` */
export async function listDeleted(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, name } = targetOf(args, 'repository');
  return await deletedOf(session, args, { registry, repository: name, kind: '_manifests' });
}

/** `az acr manifest list-deleted-tags`: of a repository, or of one of its tags. */
export async function listDeletedTags(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, name } = targetOf(args, 'repository');
  const [repository = '', tag] = name.split(':');
  const tags = await deletedOf(session, args, { registry, repository, kind: '_tags' });
  return tags.filter((one) => tag === undefined || textAt(one, 'tag') === tag);
}

async function deletedOf(
  session: Session,
  args: ArgumentReader,
  wanted: { registry: string; repository: string; kind: '_manifests' | '_tags' },
): Promise<JsonObject[]> {
  const { registry, repository, kind } = wanted;
  const client = await openRegistry(
    session,
    args,
    `repository:${repository}:deleted_read`,
    registry,
  );
  const path = `/acr/v1/_deleted/${repository}/${kind}`;
  const found = await client.list(path, kind.slice(1));
  const days = await retentionDays(session, registry);
  return found.filter(isJsonObject).map((item) => ({
    ...item,
    expiresAfter: addDays(textAt(item, 'deletedAt') ?? '', days),
  }));
}

async function retentionDays(session: Session, registry: string): Promise<number> {
  const { resource } = await findRegistry(session, registryName(registry), undefined);
  const policy = objectAt(resource, 'properties', 'policies', 'softDeletePolicy');
  const days = policy['retentionDays'];
  if (typeof days === 'number') return days;
  throw new AzError(`Unable to retrieve soft-delete retention day policy for registry ${registry}`);
}

/** `'2026-01-31T12:00:00.1234567Z'`, 7 → `'2026-02-07T12:00:00.1234567Z'`: the time of day stays as it is. */
function addDays(text: string, days: number): string {
  const [date = '', time = ''] = text.split('T', 2);
  const later = new Date(`${date}T00:00:00Z`);
  later.setUTCDate(later.getUTCDate() + days);
  return `${later.toISOString().slice(0, 10)}T${time}`;
}

/** `az acr manifest restore` */
export async function restoreManifest(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, repository, tag } = artifactOf(args);
  const client = await openRegistry(
    session,
    args,
    `repository:${repository}:deleted_read,deleted_restore`,
    registry,
  );
  let digest = args.optional('digest');
  if (digest === undefined) {
    const tags = await client.list(`/acr/v1/_deleted/${repository}/_tags`, 'tags');
    const digests = tags
      .filter((one) => textAt(one, 'tag') === tag)
      .map((one) => textAt(one, 'digest') ?? '');
    digest = digests.at(-1);
    if (digest === undefined) {
      throw new AzError(`No deleted manifests found for tag: ${tag ?? ''}`);
    }
    if (digests.length > 1) {
      await confirm(
        `Multiple deleted manifests found for tag: ${tag ?? ''}. Restoring most recently deletedmanifest with digest: ${digest}. Is this okay?`,
        args.flag('yes'),
      );
    }
  }
  const force = args.flag('force') ? 'True' : 'False';
  const path = `/acr/v1/_deleted/${repository}/_manifests/${digest}?force=${force}`;
  return await client.change('POST', path, { tag: tag ?? null });
}
