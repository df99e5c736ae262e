import { dirname, join } from 'node:path';
import { lazurite } from '../support/lazurite-command.js';
import { describeRegistryClient } from './registry-clients.js';
import { digestsIn } from './registry-command.js';

/** Our own command owes registries what every other client does. */
describeRegistryClient({
  name: 'lazurite image',
  programs: [],
  keepsBytes: true,
  async open({ server, samples, authFile, directory }) {
    const { certificates } = server;
    const trust = certificates === undefined ? [] : ['--ca', join(certificates, 'ca.crt')];
    const image = async (...argv: string[]): Promise<string> => {
      const env = { DOCKER_CONFIG: dirname(authFile), HOME: directory };
      const result = await lazurite(['image', ...argv, ...trust], { env });
      if (result.code !== 0) throw new Error(result.stderr);
      return result.stdout;
    };
    const push = async (tag: string, reference: string): Promise<void> => {
      await image('copy', `oci:${samples.layout}:${tag}`, reference);
    };
    let pulls = 0;
    return {
      pushImage: (sample, reference) => push(sample.tag, reference),
      pushIndex: (reference) => push('multi', reference),
      async pull(reference) {
        const target = join(directory, `pulled-${++pulls}`);
        await image('copy', reference, `oci:${target}:pulled`);
        return digestsIn(target);
      },
      pushArtifact: (subject) => push('sbom', `${subject}-sbom`),
      listReferrers: (subject) => image('inspect', subject),
    };
  },
});
