import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import {
  ATTRIBUTES,
  showAttributes,
  updateAttributes,
  type AttributeTarget,
} from '../acr/attributes.js';
import { CREDENTIALS, digestOf, ORDER_BY, pageOptions, TOP } from '../acr/data-plane-arguments.js';
import { openRegistry } from '../acr/data-plane.js';
import { REGISTRY_NAME } from '../acr/registry-child.js';
import { parseImageName } from '../acr/image-name.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { textAt } from '../json-path.js';

const REPOSITORY: ArgumentSpec = {
  name: 'repository',
  options: ['--repository'],
  help: 'The name of the repository.',
};
const IMAGE: ArgumentSpec = {
  name: 'image',
  options: ['--image', '-t'],
  help: "The name of the image. May include a tag in the format 'name:tag' or digest in the format 'name@digest'.",
};
async function listRepositories(session: Session, args: ArgumentReader): Promise<Json> {
  const registry = await openRegistry(session, args, 'registry:catalog:*');
  return await registry.list('/v2/_catalog', 'repositories', pageOptions(args));
}

async function showTags(session: Session, args: ArgumentReader): Promise<Json> {
  const repository = args.text('repository');
  const registry = await openRegistry(session, args, `repository:${repository}:metadata_read`);
  const tags = await registry.list(`/acr/v1/${repository}/_tags`, 'tags', pageOptions(args));
  if (args.flag('detail')) return tags;
  return tags.filter((tag) => isJsonObject(tag)).map((tag) => tag['name'] ?? null);
}

function targetOf(args: ArgumentReader): AttributeTarget {
  const repository = args.optional('repository');
  const image = args.optional('image');
  if ((repository === undefined) === (image === undefined)) {
    throw new AzError(
      'Usage error: You need to provide either --image IMAGE | --repository REPOSITORY, but not both',
    );
  }
  if (image === undefined) return { repository: repository ?? '' };
  const { tag, digest, repository: name } = parseImageName(image);
  return {
    repository: name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

async function remove(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const target = targetOf(args);
  const { repository } = target;
  const registry = await openRegistry(
    session,
    args,
    `repository:${repository}:delete,metadata_read`,
  );
  if (target.tag === undefined && target.digest === undefined) {
    await confirm(
      `Are you sure you want to delete the repository '${repository}' and all images under it?`,
      args.flag('yes'),
    );
    return await registry.delete(`/acr/v1/${repository}`);
  }
  const digest = target.digest ?? (await digestOf(registry, repository, target.tag ?? ''));
  const tags = await registry.list(`/acr/v1/${repository}/_tags`, 'tags');
  const affected = tags
    .filter((tag): tag is JsonObject => isJsonObject(tag) && tag['digest'] === digest)
    .map((tag) => `'${repository}:${textAt(tag, 'name') ?? ''}'`);
  const message =
    `This operation will delete the manifest '${digest}'` +
    (affected.length === 0 ? '' : ` and all the following images: ${affected.join(', ')}`);
  if (args.flag('yes')) session.warn(message);
  else await confirm(`${message}.\nAre you sure you want to continue?`, false);
  return await registry.delete(`/v2/${repository}/manifests/${digest}`);
}

async function untag(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const { repository, tag } = parseImageName(args.text('image'));
  if (tag === undefined) {
    throw new AzError("The name of the image may include a tag in the format 'name:tag'.");
  }
  const registry = await openRegistry(session, args, `repository:${repository}:delete`);
  return await registry.delete(`/acr/v1/${repository}/_tags/${tag}`);
}

export const REPOSITORY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr repository list',
    summary: 'List repositories in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, ...CREDENTIALS, TOP],
    run: listRepositories,
  },
  {
    path: 'acr repository show-tags',
    summary: 'Show tags for a repository in an Azure Container Registry.',
    arguments: [
      REGISTRY_NAME,
      { ...REPOSITORY, required: true },
      ...CREDENTIALS,
      TOP,
      ORDER_BY,
      {
        name: 'detail',
        options: ['--detail'],
        kind: 'flag',
        help: 'Show detailed information.',
      },
    ],
    examples: [
      {
        title: 'Show tags of a repository in an Azure Container Registry.',
        command: 'az acr repository show-tags -n myregistry --repository MyRepository',
      },
    ],
    run: showTags,
  },
  {
    path: 'acr repository show',
    summary: 'Get the attributes of a repository or image in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, REPOSITORY, IMAGE, ...CREDENTIALS],
    run: async (session, args) => await showAttributes(session, args, targetOf(args)),
  },
  {
    path: 'acr repository update',
    summary: 'Update the attributes of a repository or image in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, REPOSITORY, IMAGE, ...CREDENTIALS, ...ATTRIBUTES],
    examples: [
      {
        title: 'Prevent image updates by locking a tag.',
        command:
          'az acr repository update -n myregistry --image hello-world:v1 --write-enabled false',
      },
    ],
    run: async (session, args) => await updateAttributes(session, args, targetOf(args)),
  },
  {
    path: 'acr repository list-deleted',
    summary: 'List soft-deleted repositories in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, ...CREDENTIALS],
    run: async (session, args) => {
      const registry = await openRegistry(session, args, 'registry:deleted_catalog:*');
      return await registry.list('/acr/v1/_deleted/_catalog', 'repositories');
    },
  },
  {
    path: 'acr repository delete',
    summary: 'Delete a repository or image in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, REPOSITORY, IMAGE, ...CREDENTIALS, YES],
    run: remove,
  },
  {
    path: 'acr repository untag',
    summary: 'Untag an image in an Azure Container Registry.',
    arguments: [REGISTRY_NAME, { ...IMAGE, required: true }, ...CREDENTIALS],
    run: untag,
  },
];
