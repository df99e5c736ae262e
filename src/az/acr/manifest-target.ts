import { AzError } from '../az-error.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import { CREDENTIALS } from './data-plane-arguments.js';
import { parseImageName } from './image-name.js';
import { REGISTRY } from './registry-child.js';
import type { AttributeTarget } from './attributes.js';

/** `--registry R --name NAME`, instead of a positional specifier. */
export function targetArguments(what: 'repository' | 'manifest'): readonly ArgumentSpec[] {
  const isManifest = what === 'manifest';
  return [
    {
      name: 'id',
      options: [],
      metavar: isManifest ? '<MANIFEST_ID>' : '<REPO_ID>',
      help: isManifest
        ? "A fully qualified manifest specifier such as 'myregistry.azurecr.io/hello-world:latest'."
        : "A fully qualified repository specifier such as 'myregistry.azurecr.io/hello-world'.",
    },
    { ...REGISTRY, required: false },
    {
      name: 'repository',
      options: ['--name', '-n'],
      help: isManifest
        ? "The name of the artifact. May include a tag in the format 'name:tag' or digest in the format 'name@digest'."
        : 'The name of the repository.',
    },
    ...CREDENTIALS,
  ];
}

/**
 * What a manifest command is about: the registry, and the text that names a repository or an artifact in it.
 *
 * @throws AzError when it is given in neither way, or in both
 */
export function targetOf(
  args: ArgumentReader,
  what: 'repository' | 'manifest',
): { registry: string; name: string } {
  const id = args.optional('id');
  const registry = args.optional('registry');
  const name = args.optional('repository');
  if (id !== undefined && name === undefined) {
    const at = id.indexOf('/');
    const host = id.slice(0, Math.max(at, 0));
    if (at > 0) return { registry: host.split('.')[0] ?? host, name: id.slice(at + 1) };
  } else if (id === undefined && registry !== undefined && name !== undefined) {
    return { registry, name };
  }
  const example = what === 'manifest' ? 'hello-world:latest' : 'hello-world';
  throw new AzError(
    `You must provide either a fully qualified ${what} specifier such as 'myregistry.azurecr.io/${example}' as a positional parameter or provide '-r MyRegistry -n ${example}' argument values.`,
  );
}

/** The same for one artifact, taken apart. */
export function artifactOf(args: ArgumentReader): { registry: string } & AttributeTarget {
  const { registry, name } = targetOf(args, 'manifest');
  return { registry, ...parseImageName(name) };
}
