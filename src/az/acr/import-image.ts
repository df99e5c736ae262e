import { textOf, type JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import { findRegistry, registryName, registryPath, REGISTRY_API_VERSION } from './registries.js';

/** Beside the registry that is imported into. */
export const IMPORT_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'source',
    options: ['--source'],
    required: true,
    help: 'Source image name or fully qualified source containing the registry login server. If `--registry` is used, `--source` will always be interpreted as a source image, even if it contains the login server.',
  },
  {
    name: 'image',
    options: ['--image', '-t'],
    repeatable: true,
    help: 'The name and tag of the image using the format: `repository:tag`. Multiple tags are supported by passing `-t` multiple times.',
  },
  {
    name: 'repository',
    options: ['--repository'],
    repeatable: true,
    help: 'The repository name for a manifest-only copy of images. Multiple copies supported by passing `--repository` multiple times.',
  },
  {
    name: 'force',
    options: ['--force'],
    kind: 'flag',
    help: 'Overwrite the existing tag of the image to be imported.',
  },
  {
    name: 'sourceRegistry',
    options: ['--registry', '-r'],
    help: 'The source Azure container registry. This can be name, login server or resource ID of the source registry.',
  },
  {
    name: 'username',
    options: ['--username', '-u'],
    help: 'The username of source container registry.',
  },
  {
    name: 'password',
    options: ['--password', '-p'],
    help: 'The password of source container registry.',
  },
];

/** `az acr import`: asks the registry to fetch the image, and waits until it has. */
export async function importImage(session: Session, args: ArgumentReader): Promise<undefined> {
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  const source = await sourceOf(session, args);
  await session.armOperation(
    {
      method: 'POST',
      path: `${registryPath(session, registry.resourceGroup, registry.name)}/importImage`,
      apiVersion: REGISTRY_API_VERSION,
      body: {
        source,
        ...targetsOf(args, textOf(source['sourceImage'])),
        mode: args.flag('force') ? 'Force' : 'NoForce',
      },
    },
    { wait: !args.flag('noWait') },
  );
  return undefined;
}

async function sourceOf(session: Session, args: ArgumentReader): Promise<JsonObject> {
  const source = args.text('source');
  const from = args.optional('sourceRegistry');
  const credentials = credentialsOf(args);
  if (from !== undefined) {
    const resourceId = from.startsWith('/')
      ? from
      : textOf((await findRegistry(session, registryName(from), undefined)).resource['id']);
    return { resourceId, sourceImage: source, ...credentials };
  }
  const slash = source.indexOf('/');
  if (slash <= 0 || slash === source.length - 1) {
    throw new AzError(
      'Source cannot be found. Please provide a valid image and source registry or a fully qualified source.',
      {
        advice: [
          `'${source}' names no registry: give it as REGISTRY/IMAGE, or name one with --registry.`,
        ],
      },
    );
  }
  const registryUri = source.slice(0, slash);
  return { registryUri, sourceImage: source.slice(slash + 1), ...credentials };
}

function credentialsOf(args: ArgumentReader): JsonObject {
  const username = args.optional('username');
  const password = args.optional('password');
  if (password === undefined) {
    if (username === undefined) return {};
    throw new AzError('argument error: --username needs --password.');
  }
  return { credentials: { ...(username !== undefined && { username }), password } };
}

/** Without any the image keeps its name; one named by digest gets no tag. */
function targetsOf(args: ArgumentReader, sourceImage: string): JsonObject {
  const targetTags = args.list('image') ?? [];
  const untaggedTargetRepositories = args.list('repository') ?? [];
  if (targetTags.length + untaggedTargetRepositories.length > 0) {
    return { targetTags, untaggedTargetRepositories };
  }
  const at = sourceImage.indexOf('@');
  return at < 0
    ? { targetTags: [sourceImage] }
    : { untaggedTargetRepositories: [sourceImage.slice(0, at)] };
}
