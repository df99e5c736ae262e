import type { Clock } from '../base/clock.js';
import type { ImageFacts, RegistryFacts } from '../apps/registry-facts.js';
import type { Platform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import type { HostedRegistry, ManifestHolding, RegistryHost } from '../registry/registry-host.js';
import type { RunService } from '../tasks/run-service.js';

/** What the registries and their tasks know of images, for the diagnosis of apps. */
export function createRegistryFacts(options: {
  registries: RegistryHost;
  runs: Pick<RunService, 'listRuns'>;
  clock: Clock;
}): RegistryFacts {
  const { registries, runs, clock } = options;
  return {
    async image(name, reference, platform) {
      const registry = registries.get(name);
      return registry === undefined ? {} : imageFacts(registry, runs, reference, platform);
    },
    expiredAt(name, username, password) {
      const token = registries.get(name)?.settings.tokens?.find((one) => one.name === username);
      const expiry = token?.passwords.find(({ value }) => value === password)?.expiry;
      return expiry !== undefined && new Date(expiry) <= clock.now() ? expiry : undefined;
    },
  };
}

async function imageFacts(
  registry: HostedRegistry,
  runs: Pick<RunService, 'listRuns'>,
  { repository, tag, digest }: Reference,
  platform: Platform,
): Promise<ImageFacts> {
  const holdings = await registry.holdings(repository);
  const here = holdings.find((one) =>
    digest === undefined ? one.tags.includes(tag ?? 'latest') : one.digest === digest,
  );
  const builder = (await runs.listRuns(registry.settings.name)).find(({ outputImages }) =>
    outputImages.some((image) => image.repository === repository && image.digest === here?.digest),
  );
  const elsewhere = bestOf(holdings.filter((one) => one !== here && has(one, platform)));
  return {
    ...(builder && { builtBy: builder.runId }),
    ...(here?.importedFrom !== undefined && { importedFrom: here.importedFrom }),
    ...(elsewhere && {
      elsewhere: {
        name: elsewhere.tags[0] ?? elsewhere.digest,
        kind: elsewhere.isIndex ? 'index' : 'image',
      },
    }),
  };
}

/** An index has more than an image, and the latest is likeliest to be meant. */
function bestOf(holdings: readonly ManifestHolding[]): ManifestHolding | undefined {
  return holdings.find(({ isIndex }) => isIndex) ?? holdings[0];
}

function has({ platforms }: ManifestHolding, { os, architecture }: Platform): boolean {
  return platforms.some((one) => one.os === os && one.architecture === architecture);
}
