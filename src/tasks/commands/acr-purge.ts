import type { CommandScope } from '../steps/command-scope.js';
import { AcrApi, requireOwnRegistry, type AcrManifest, type AcrTag } from './acr-api.js';
import { readOptions, type OptionTable } from './options.js';
import { CommandLineError } from './words.js';

const OPTIONS: OptionTable = {
  ...{ registry: 'value', filter: 'value', ago: 'value', untagged: 'flag', keep: 'value' },
  ...{ 'dry-run': 'flag', concurrency: 'ignored-value', 'repository-page-size': 'ignored-value' },
  ...{ config: 'ignored-value', 'filter-timeout': 'ignored-value' },
};

/**
 * `acr purge --filter 'REPOSITORY:TAG' --ago 7d [--keep 3] [--untagged] [--dry-run]`: deletes tags that are
 * older, and with `--untagged` the manifests that no tag and no index needs any more. Both parts of a filter
 * are regular expressions; the repository's is for the whole name.
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-auto-purge
 */
export async function runPurge(scope: CommandScope, words: readonly string[]): Promise<void> {
  const { values, flags } = readOptions('acr purge', words, OPTIONS, {
    r: 'registry',
    f: 'filter',
  });
  requireOwnRegistry(scope, 'acr purge', values.get('registry')?.at(-1));
  const filters = (values.get('filter') ?? []).map((text) => readFilter(text));
  const ago = values.get('ago')?.at(-1);
  if (filters.length === 0 || ago === undefined) {
    throw new CommandLineError('acr purge needs --filter REPOSITORY:TAG and --ago, e.g. --ago 7d');
  }
  const keepText = values.get('keep')?.at(-1) ?? '0';
  if (!/^\d{1,6}$/.test(keepText)) throw new CommandLineError('acr purge: --keep is not a number');
  const limit = scope.run.clock.now().getTime() - agoMs(ago);
  const purge = new Purge(scope, { limit, keep: Number(keepText), dryRun: flags.has('dry-run') });
  await purge.run(filters, flags.has('untagged'));
}

interface Filter {
  repository: RegExp;
  tag: RegExp;
}

function readFilter(text: string): Filter {
  const colon = text.lastIndexOf(':');
  if (colon <= 0)
    throw new CommandLineError(`acr purge: '${text}' is not of the form REPOSITORY:TAG`);
  try {
    return {
      repository: new RegExp(`^(?:${text.slice(0, colon)})$`, 'u'),
      tag: new RegExp(text.slice(colon + 1), 'u'),
    };
  } catch {
    throw new CommandLineError(`acr purge: '${text}' is no regular expression`);
  }
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** `7d`, `1d3h30m`, `0d`. */
function agoMs(text: string): number {
  if (!/^(?:\d{1,6}[dhms])+$/.test(text)) {
    throw new CommandLineError(`acr purge: '${text}' is no age; write it like 7d or 1d12h`);
  }
  let total = 0;
  for (const [, number, unit = 's'] of text.matchAll(/(\d+)([dhms])/g)) {
    total += Number(number) * (UNITS[unit] ?? 0);
  }
  return total;
}

class Purge {
  readonly #scope: CommandScope;
  readonly #api: AcrApi;
  readonly #options: { limit: number; keep: number; dryRun: boolean };
  #tags = 0;
  #manifests = 0;

  constructor(scope: CommandScope, options: { limit: number; keep: number; dryRun: boolean }) {
    this.#scope = scope;
    this.#api = new AcrApi(scope);
    this.#options = options;
  }

  async run(filters: readonly Filter[], untagged: boolean): Promise<void> {
    const { log } = this.#scope.run;
    for (const repository of await this.#api.repositories()) {
      const matching = filters.filter((filter) => filter.repository.test(repository));
      if (matching.length === 0) continue;
      const gone = await this.#purgeTags(repository, matching);
      if (untagged) await this.#purgeUntagged(repository, gone);
    }
    const verb = this.#options.dryRun ? 'to be deleted' : 'deleted';
    log.line(`Number of ${verb} tags: ${this.#tags}`);
    log.line(`Number of ${verb} manifests: ${this.#manifests}`);
  }

  async #purgeTags(repository: string, filters: readonly Filter[]): Promise<Set<string>> {
    const { log, loginServer } = this.#scope.run;
    log.line(`Deleting tags for repository: ${repository}`);
    const old = (await this.#api.tags(repository))
      .filter((tag) => this.#isOld(tag) && filters.some((filter) => filter.tag.test(tag.name)))
      .sort((a, b) => b.lastUpdate.getTime() - a.lastUpdate.getTime())
      .slice(this.#options.keep);
    for (const { name } of old) {
      log.line(`${loginServer}/${repository}:${name}`);
      if (!this.#options.dryRun) await this.#api.deleteTag(repository, name);
      this.#tags += 1;
    }
    return new Set(old.map(({ name }) => name));
  }

  #isOld({ lastUpdate, deletable }: AcrTag | AcrManifest): boolean {
    return deletable && lastUpdate.getTime() < this.#options.limit;
  }

  /** @param gone tags that a dry run only says that it would delete */
  async #purgeUntagged(repository: string, gone: ReadonlySet<string>): Promise<void> {
    const { log, loginServer } = this.#scope.run;
    log.line(`Deleting manifests for repository: ${repository}`);
    const manifests = await this.#api.manifests(repository);
    const isTagged = ({ tags }: AcrManifest): boolean => tags.some((tag) => !gone.has(tag));
    const needed = await this.#neededBy(repository, manifests.filter(isTagged));
    for (const manifest of manifests) {
      if (isTagged(manifest) || needed.has(manifest.digest) || !manifest.deletable) continue;
      log.line(`${loginServer}/${repository}@${manifest.digest}`);
      if (!this.#options.dryRun) await this.#api.deleteManifest(repository, manifest.digest);
      this.#manifests += 1;
    }
  }

  /** Children of the indexes that stay, and of those below them. */
  async #neededBy(repository: string, kept: readonly AcrManifest[]): Promise<Set<string>> {
    const needed = new Set<string>();
    const indexes = kept.filter(({ mediaType }) => /index|list/.test(mediaType));
    const pending = indexes.map(({ digest }) => digest);
    for (let digest = pending.pop(); digest !== undefined; digest = pending.pop()) {
      const { manifests } = await this.#api.manifest(repository, digest);
      for (const child of Array.isArray(manifests) ? manifests : []) {
        const { digest: name, mediaType } = child as { digest?: string; mediaType?: string };
        if (name === undefined || needed.has(name)) continue;
        needed.add(name);
        if (/index|list/.test(mediaType ?? '')) pending.push(name);
      }
    }
    return needed;
  }
}
