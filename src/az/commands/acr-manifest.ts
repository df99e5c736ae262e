import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { ATTRIBUTES, showAttributes, updateAttributes } from '../acr/attributes.js';
import { digestOf, ORDER_BY, pageOptions, TOP } from '../acr/data-plane-arguments.js';
import { openRegistry } from '../acr/data-plane.js';
import { listDeleted, listDeletedTags, restoreManifest } from '../acr/deleted-manifests.js';
import { artifactOf, targetArguments, targetOf } from '../acr/manifest-target.js';
import { cell, objectsOf } from '../acr/tables.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { objectsAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const PREVIEW =
  "Command group 'acr manifest' is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus";

type Run = CommandSpec['run'];

/** The group is a preview: each of its commands says so. */
function preview(run: Run): Run {
  return async (session, args) => {
    session.warn(PREVIEW);
    return await run(session, args);
  };
}

async function listMetadata(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, name } = targetOf(args, 'repository');
  const client = await openRegistry(session, args, `repository:${name}:metadata_read`, registry);
  return await client.list(`/acr/v1/${name}/_manifests`, 'manifests', pageOptions(args));
}

async function listManifests(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, name } = targetOf(args, 'repository');
  const scope = `repository:${name}:pull,metadata_read` as const;
  const client = await openRegistry(session, args, scope, registry);
  const found = await client.list(`/acr/v1/${name}/_manifests`, 'manifests', pageOptions(args));
  const manifests: Json[] = [];
  for (const one of found) {
    const text = await client.manifest(name, textAt(one, 'digest') ?? '');
    manifests.push(JSON.parse(text) as Json); // JSON.parse answers JSON by definition
  }
  return manifests;
}

async function showManifest(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const { registry, repository, tag, digest } = artifactOf(args);
  const client = await openRegistry(session, args, `repository:${repository}:pull`, registry);
  const text = await client.manifest(repository, tag ?? digest ?? '');
  if (!args.flag('raw')) return JSON.parse(text) as Json; // JSON.parse answers JSON by definition
  session.io.stdout(text);
  return undefined;
}

async function listReferrers(session: Session, args: ArgumentReader): Promise<Json> {
  const { registry, repository, tag, digest } = artifactOf(args);
  const type = args.optional('artifactType');
  const scope = `repository:${repository}:pull,metadata_read` as const;
  const client = await openRegistry(session, args, scope, registry);
  const subject = digest ?? (await digestOf(client, repository, tag ?? ''));
  const referrersOf = async (of: string, filter: string): Promise<JsonObject[]> => {
    const found = await client.list(`/v2/${repository}/referrers/${of}${filter}`, 'manifests');
    return found.filter(isJsonObject);
  };
  const filter = type === undefined ? '' : `?artifactType=${encodeURIComponent(type)}`;
  const manifests = await referrersOf(subject, filter);
  if (args.flag('recursive')) {
    for (const referrer of manifests) {
      manifests.push(...(await referrersOf(textAt(referrer, 'digest') ?? '', '')));
    }
  }
  return { manifests };
}

async function deleteManifest(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const { registry, repository, tag, digest } = artifactOf(args);
  const scope = `repository:${repository}:delete,metadata_read` as const;
  const client = await openRegistry(session, args, scope, registry);
  const found = digest ?? (await digestOf(client, repository, tag ?? ''));
  await confirm(
    `Are you sure you want to delete the artifact '${found}' and all manifests that refer to it?`,
    args.flag('yes'),
  );
  return await client.delete(`/v2/${repository}/manifests/${found}`);
}

const REPOSITORY: readonly ArgumentSpec[] = targetArguments('repository');
const MANIFEST: readonly ArgumentSpec[] = targetArguments('manifest');

/** Commands on the manifests of a repository. */
export const MANIFEST_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr manifest list',
    summary: 'List the manifests in a repository in an Azure Container Registry.',
    arguments: [...REPOSITORY, TOP, ORDER_BY],
    table: (result) =>
      objectsOf(result).map((item) => ({
        MediaType: cell(item, 'mediaType'),
        ArtifactType: cell(item, 'artifactType'),
        SubjectDigest: cell(item, 'subject', 'digest'),
      })),
    run: preview(listManifests),
  },
  {
    path: 'acr manifest list-metadata',
    summary: 'List the metadata of the manifests in a repository in an Azure Container Registry.',
    arguments: [...REPOSITORY, TOP, ORDER_BY],
    run: preview(listMetadata),
  },
  {
    path: 'acr manifest show',
    summary: 'Get a manifest in an Azure Container Registry.',
    arguments: [
      ...MANIFEST,
      {
        name: 'raw',
        options: ['--raw'],
        kind: 'flag',
        help: 'Output the raw manifest text with no formatting.',
      },
    ],
    run: preview(showManifest),
  },
  {
    path: 'acr manifest show-metadata',
    summary: 'Get the metadata of an artifact in an Azure Container Registry.',
    arguments: MANIFEST,
    run: preview(async (session, args) => {
      const { registry, ...target } = artifactOf(args);
      return await showAttributes(session, args, target, registry);
    }),
  },
  {
    path: 'acr manifest update-metadata',
    summary: 'Update the manifest metadata of an artifact in an Azure Container Registry.',
    arguments: [...MANIFEST, ...ATTRIBUTES],
    examples: [
      {
        title: "Update the metadata of the tag 'hello-world:latest'.",
        command:
          'az acr manifest update-metadata -r myregistry -n hello-world:latest --write-enabled false',
      },
    ],
    run: preview(async (session, args) => {
      const { registry, ...target } = artifactOf(args);
      return await updateAttributes(session, args, target, registry);
    }),
  },
  {
    path: 'acr manifest list-referrers',
    summary: 'List the referrers to a manifest in an Azure Container Registry.',
    arguments: [
      ...MANIFEST,
      {
        name: 'artifactType',
        options: ['--artifact-type'],
        help: 'Filter referrers based on artifact type.',
      },
      {
        name: 'recursive',
        options: ['--recursive'],
        kind: 'flag',
        help: 'Recursively include referrer artifacts.',
      },
    ],
    table: (result) =>
      objectsAt(result, 'manifests').map((item) => ({
        Digest: cell(item, 'digest'),
        ArtifactType: cell(item, 'artifactType'),
        MediaType: cell(item, 'mediaType'),
        Size: cell(item, 'size'),
      })),
    run: preview(listReferrers),
  },
  {
    path: 'acr manifest delete',
    summary: 'Delete a manifest in an Azure Container Registry.',
    arguments: [...MANIFEST, YES],
    run: preview(deleteManifest),
  },
  {
    path: 'acr manifest list-deleted',
    summary: 'List the soft-deleted manifests in a repository in an Azure Container Registry.',
    arguments: REPOSITORY,
    run: preview(listDeleted),
  },
  {
    path: 'acr manifest list-deleted-tags',
    summary: 'List the soft-deleted tags in a repository in an Azure Container Registry.',
    arguments: REPOSITORY,
    run: preview(listDeletedTags),
  },
  {
    path: 'acr manifest restore',
    summary: 'Restore a soft-deleted artifact and tag in an Azure Container Registry.',
    arguments: [
      ...MANIFEST,
      { name: 'digest', options: ['--digest', '-d'], help: 'The digest of the manifest.' },
      {
        name: 'force',
        options: ['--force', '-f'],
        kind: 'flag',
        help: 'Overwrite the existing tag.',
      },
      YES,
    ],
    examples: [
      {
        title: "Restore the tag 'hello-world:latest'.",
        command: 'az acr manifest restore -r myregistry -n hello-world:latest',
      },
    ],
    run: preview(restoreManifest),
  },
];
