import path from 'node:path';
import { Failure } from '../../base/failure.js';
import { DraftStore } from '../../image/index/draft-store.js';
import { annotateDraft, createDraft, type IndexContext } from '../../image/index/edit-draft.js';
import { pushIndex } from '../../image/index/push-index.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { manifestReference, RemoteError } from '../../remote/registry-client.js';
import { pushName, readImageName } from '../images/image-name.js';
import { noteOutput } from '../images/push-image.js';
import type { CommandScope } from '../steps/command-scope.js';
import { StepFailure } from '../steps/step-run.js';
import { readOptions, type OptionTable } from './options.js';
import { CommandLineError } from './words.js';

/**
 * `docker manifest create|annotate|push|inspect|rm`: lists are kept in the run until they are pushed.
 *
 * @see https://docs.docker.com/reference/cli/docker/manifest/
 */
export async function runManifest(scope: CommandScope, words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  const commands = { create, annotate, push, inspect, rm };
  const command = Object.hasOwn(commands, name)
    ? commands[name as keyof typeof commands]
    : undefined;
  if (command === undefined) {
    throw new CommandLineError(
      `docker manifest ${name} is no command; create, annotate, push, inspect and rm are`,
    );
  }
  await refusalsInLog(scope, () => command(scope, rest));
}

/** `docker buildx imagetools create -t TARGET SOURCE…`: created and pushed at once. */
export async function createImageTools(
  scope: CommandScope,
  words: readonly string[],
): Promise<void> {
  const table: OptionTable = {
    ...{ tag: 'value', append: 'flag', annotation: 'value', 'dry-run': 'flag' },
    ...{ builder: 'ignored-value', progress: 'ignored-value', 'prefer-index': 'ignored' },
  };
  const { values, flags, operands } = readOptions('docker buildx imagetools create', words, table, {
    t: 'tag',
  });
  const tags = values.get('tag') ?? [];
  if (tags.length === 0 || operands.length === 0) {
    throw new CommandLineError(
      'docker buildx imagetools create needs -t NAME and at least one source',
    );
  }
  const annotations = Object.fromEntries(
    (values.get('annotation') ?? []).map((text) => annotationOf(text)),
  );
  await refusalsInLog(scope, async () => {
    for (const tag of tags) {
      const target = pushName(tag, scope.run.loginServer);
      const sources = operands.map((name) => pushName(name, scope.run.loginServer));
      if (flags.has('append')) sources.unshift(target);
      await createDraft(contextOf(scope), target, sources, { amend: true, annotations });
      if (flags.has('dry-run')) await showDraft(scope, target);
      else await pushDraft(scope, target, true);
    }
  });
}

function annotationOf(text: string): [string, string] {
  const [, key = '', value = ''] = /^(?:index:)?([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key !== '') return [key, value];
  throw new CommandLineError(`--annotation ${text} is not of the form key=value`);
}

export async function inspectImageTools(
  scope: CommandScope,
  words: readonly string[],
): Promise<void> {
  const { flags, operands } = readOptions('docker buildx imagetools inspect', words, {
    raw: 'flag',
  });
  const [name] = operands;
  if (name === undefined)
    throw new CommandLineError('docker buildx imagetools inspect needs an image');
  await refusalsInLog(scope, async () => {
    const { bytes, mediaType, digest } = await fetchManifest(
      scope,
      pushName(name, scope.run.loginServer),
    );
    if (!flags.has('raw')) {
      scope.run.log.line(`Name:      ${name}`);
      scope.run.log.line(`MediaType: ${mediaType}`);
      scope.run.log.line(`Digest:    ${digest}`);
    }
    scope.run.log.line(bytes.toString('utf8'));
  });
}

async function create(scope: CommandScope, words: readonly string[]): Promise<void> {
  const table: OptionTable = { amend: 'flag', insecure: 'ignored' };
  const { flags, operands } = readOptions('docker manifest create', words, table, { a: 'amend' });
  const [list, ...sources] = operands.map((name) => readImageName(name));
  if (list === undefined || sources.length === 0) {
    throw new CommandLineError('docker manifest create needs a list and at least one manifest');
  }
  await createDraft(contextOf(scope), list, sources, { amend: flags.has('amend') });
  scope.run.log.line(`Created manifest list ${formatReference(list)}`);
}

async function annotate(scope: CommandScope, words: readonly string[]): Promise<void> {
  const table: OptionTable = {
    ...{ arch: 'value', os: 'value', variant: 'value', 'os-version': 'value' },
    ...{ 'os-features': 'value' },
  };
  const { values, operands } = readOptions('docker manifest annotate', words, table);
  const [list, reference] = operands.map((name) => readImageName(name));
  if (list === undefined || reference === undefined) {
    throw new CommandLineError('docker manifest annotate needs a list and a manifest of it');
  }
  const given = (name: string): string | undefined => values.get(name)?.at(-1);
  const features = values.get('os-features')?.flatMap((text) => text.split(','));
  await annotateDraft(
    contextOf(scope),
    list,
    { reference },
    {
      ...defined('architecture', given('arch')),
      ...defined('os', given('os')),
      ...defined('variant', given('variant')),
      ...defined('osVersion', given('os-version')),
      ...(features && { osFeatures: features }),
    },
  );
}

function defined<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}

async function push(scope: CommandScope, words: readonly string[]): Promise<void> {
  const table: OptionTable = { purge: 'flag', insecure: 'ignored' };
  const { flags, operands } = readOptions('docker manifest push', words, table, { p: 'purge' });
  const [list] = operands.map((name) => readImageName(name));
  if (list === undefined || operands.length > 1) {
    throw new CommandLineError('docker manifest push needs one list');
  }
  await pushDraft(scope, list, flags.has('purge'));
}

async function pushDraft(scope: CommandScope, list: Reference, purge: boolean): Promise<void> {
  const { digest, entries } = await pushIndex(contextOf(scope), list, { purge });
  for (const entry of entries) scope.run.log.line(`Pushed ref ${list.repository}@${entry.digest}`);
  scope.run.log.line(digest);
  noteOutput(scope, list, digest);
}

/** What would be pushed; nothing of it stays. */
async function showDraft(scope: CommandScope, list: Reference): Promise<void> {
  const { drafts } = contextOf(scope);
  const draft = await drafts.load(list);
  scope.run.log.line(JSON.stringify(JSON.parse(draft?.document.text ?? 'null'), null, 2));
  await drafts.remove(list);
}

async function inspect(scope: CommandScope, words: readonly string[]): Promise<void> {
  const table: OptionTable = { verbose: 'ignored', insecure: 'ignored' };
  const { operands } = readOptions('docker manifest inspect', words, table, { v: 'verbose' });
  const reference = operands.map((name) => readImageName(name)).at(-1);
  if (reference === undefined) throw new CommandLineError('docker manifest inspect needs an image');
  const draft = await contextOf(scope).drafts.load(reference);
  const text =
    draft?.document.text ?? (await fetchManifest(scope, reference)).bytes.toString('utf8');
  scope.run.log.line(JSON.stringify(JSON.parse(text), null, 3));
}

async function rm(scope: CommandScope, words: readonly string[]): Promise<void> {
  const { operands } = readOptions('docker manifest rm', words, {});
  if (operands.length === 0) throw new CommandLineError('docker manifest rm needs a list');
  for (const name of operands) {
    if (await contextOf(scope).drafts.remove(readImageName(name))) continue;
    throw new Failure(`No such manifest: ${name}`);
  }
}

/** As docker does it, manifests are taken from registries: an image has to be pushed first. */
function contextOf({ run, signal }: CommandScope): IndexContext {
  return {
    drafts: new DraftStore(path.join(run.scratch, 'manifest-lists')),
    openRepository: ({ registry, repository }) =>
      Promise.resolve(
        run.registryClient.repository(registry, repository, run.credentialsFor(registry)),
      ),
    signal,
  };
}

async function fetchManifest({ run, signal }: CommandScope, reference: Reference) {
  const { registry, repository } = reference;
  const remote = run.registryClient.repository(registry, repository, run.credentialsFor(registry));
  return remote.getManifest(manifestReference(reference), signal);
}

/** What a registry or the list refuses is a line of the log, and the step has failed. */
async function refusalsInLog(
  { run, signal }: CommandScope,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure) && !(error instanceof RemoteError)) throw error;
    run.log.line(
      error instanceof Failure && error.why ? `${error.message}: ${error.why}` : error.message,
    );
    throw new StepFailure('exit status 1');
  }
}
