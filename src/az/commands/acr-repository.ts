import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { OPTIONAL_RESOURCE_GROUP, YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { openRegistry, type RegistryClient } from '../acr/data-plane.js';
import { parseImageName } from '../acr/image-name.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { textAt } from '../json-path.js';

const NAME: ArgumentSpec = {
  name: 'registry',
  options: ['--name', '-n'],
  required: true,
  environment: 'AZURE_DEFAULTS_ACR',
  help: 'The name of the container registry. You can configure the default registry name using `az configure --defaults acr=<registry name>`.',
};
const CREDENTIALS: readonly ArgumentSpec[] = [
  {
    name: 'username',
    options: ['--username', '-u'],
    help: 'The username used to log into a container registry.',
  },
  {
    name: 'password',
    options: ['--password', '-p'],
    help: 'The password used to log into a container registry.',
  },
  { ...OPTIONAL_RESOURCE_GROUP, environment: '' },
];
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
const TOP: ArgumentSpec = {
  name: 'top',
  options: ['--top'],
  kind: 'integer',
  help: 'Limit the number of items in the results.',
};
const ORDER_BY: ArgumentSpec = {
  name: 'orderBy',
  options: ['--orderby'],
  choices: ['time_asc', 'time_desc'],
  help: 'Order the items in the results. Default to alphabetical order of names.',
};
const MANIFEST_ARGUMENTS: readonly ArgumentSpec[] = [
  { ...NAME, options: ['--registry', '-r'] },
  {
    name: 'repository',
    options: ['--name', '-n'],
    help: 'The name of the repository.',
  },
  ...CREDENTIALS,
];

function pageOptions(args: ArgumentReader): { top?: number; orderBy?: string } {
  const top = args.number('top');
  const orderBy = args.optional('orderBy')?.replace('_', '');
  return { ...(top === undefined ? {} : { top }), ...(orderBy === undefined ? {} : { orderBy }) };
}

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

async function show(session: Session, args: ArgumentReader): Promise<Json> {
  const target = targetOf(args);
  const registry = await openRegistry(
    session,
    args,
    `repository:${target.repository}:metadata_read`,
  );
  if (target.tag !== undefined) {
    return (await registry.show(`/acr/v1/${target.repository}/_tags/${target.tag}`))['tag'] ?? null;
  }
  if (target.digest !== undefined) {
    const answer = await registry.show(`/acr/v1/${target.repository}/_manifests/${target.digest}`);
    return answer['manifest'] ?? null;
  }
  return await registry.show(`/acr/v1/${target.repository}`);
}

function targetOf(args: ArgumentReader): { repository: string; tag?: string; digest?: string } {
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

async function digestOf(
  registry: RegistryClient,
  repository: string,
  tag: string,
): Promise<string> {
  const answer = (await registry.get(`/acr/v1/${repository}/_tags/${tag}`))['tag'];
  const digest = isJsonObject(answer) ? answer['digest'] : undefined;
  if (typeof digest === 'string' && digest !== '') return digest;
  throw new AzError(`Could not get the manifest digest for image '${repository}:${tag}'.`);
}

async function untag(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const { repository, tag } = parseImageName(args.text('image'));
  if (tag === undefined) {
    throw new AzError("The name of the image may include a tag in the format 'name:tag'.");
  }
  const registry = await openRegistry(session, args, `repository:${repository}:delete`);
  return await registry.delete(`/acr/v1/${repository}/_tags/${tag}`);
}

/** `REGISTRY.azurecr.io/NAME`, or `--registry R --name NAME`. */
function manifestTarget(args: ArgumentReader): { registry: string; name: string } {
  const id = args.optional('id');
  const registry = args.optional('registry');
  const name = args.optional('repository');
  if (id !== undefined && registry === undefined && name === undefined) {
    const at = id.indexOf('/');
    if (at > 0) {
      const host = id.slice(0, at);
      return { registry: host.split('.')[0] ?? host, name: id.slice(at + 1) };
    }
  } else if (id === undefined && registry !== undefined && name !== undefined) {
    return { registry, name };
  }
  throw new AzError(
    'You must provide either a fully qualified repository specifier such as ' +
      "'MyRegistry.azurecr.io/hello-world' as a positional parameter or provide '-r MyRegistry -n hello-world' argument values.",
    { exitCode: 2 },
  );
}

const PREVIEW =
  "Command group 'acr manifest' is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus";

async function listMetadata(session: Session, args: ArgumentReader): Promise<Json> {
  session.warn(PREVIEW);
  const { registry: registryName, name } = manifestTarget(args);
  const registry = await openRegistry(
    session,
    args,
    `repository:${name}:metadata_read`,
    registryName,
  );
  return await registry.list(`/acr/v1/${name}/_manifests`, 'manifests', pageOptions(args));
}

async function showManifest(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  session.warn(PREVIEW);
  const { registry: registryName, name } = manifestTarget(args);
  const image = parseImageName(name);
  const registry = await openRegistry(
    session,
    args,
    `repository:${image.repository}:pull`,
    registryName,
  );
  const text = await registry.manifest(image.repository, image.tag ?? image.digest);
  if (!args.flag('raw')) return JSON.parse(text) as Json; // JSON.parse answers JSON by definition
  session.io.stdout(text);
  return undefined;
}

const MANIFEST_ID: ArgumentSpec = {
  name: 'id',
  options: [],
  metavar: '<REPO_ID>',
  help: "A fully qualified repository specifier such as 'myregistry.azurecr.io/hello-world'.",
};

export const REPOSITORY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr repository list',
    summary: 'List repositories in an Azure Container Registry.',
    arguments: [NAME, ...CREDENTIALS, TOP],
    run: listRepositories,
  },
  {
    path: 'acr repository show-tags',
    summary: 'Show tags for a repository in an Azure Container Registry.',
    arguments: [
      NAME,
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
    arguments: [NAME, REPOSITORY, IMAGE, ...CREDENTIALS],
    run: show,
  },
  {
    path: 'acr repository delete',
    summary: 'Delete a repository or image in an Azure Container Registry.',
    arguments: [NAME, REPOSITORY, IMAGE, ...CREDENTIALS, YES],
    run: remove,
  },
  {
    path: 'acr repository untag',
    summary: 'Untag an image in an Azure Container Registry.',
    arguments: [NAME, { ...IMAGE, required: true }, ...CREDENTIALS],
    run: untag,
  },
  {
    path: 'acr manifest list-metadata',
    summary: 'List the metadata of the manifests in a repository in an Azure Container Registry.',
    arguments: [
      MANIFEST_ID,
      ...MANIFEST_ARGUMENTS.map((spec) => ({ ...spec, required: false })),
      TOP,
      ORDER_BY,
    ],
    run: listMetadata,
  },
  {
    path: 'acr manifest show',
    summary: 'Get a manifest in an Azure Container Registry.',
    arguments: [
      { ...MANIFEST_ID, metavar: '<MANIFEST_ID>' },
      ...MANIFEST_ARGUMENTS.map((spec) => ({ ...spec, required: false })),
      {
        name: 'raw',
        options: ['--raw'],
        kind: 'flag',
        help: 'Output the raw manifest text with no formatting.',
      },
    ],
    run: showManifest,
  },
];
