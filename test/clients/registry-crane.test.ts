import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { digestsIn, run } from './registry-command.js';

describeRegistryClient({
  name: 'crane',
  programs: ['crane'],
  keepsBytes: true,
  async open({ server, samples, directory }) {
    const env = {
      DOCKER_CONFIG: directory,
      ...(server.certificates && { SSL_CERT_FILE: join(server.certificates, 'ca.crt') }),
    };
    const push = async (tag: string, reference: string): Promise<void> => {
      await run('crane', ['push', samples.layoutOf(tag), reference], { env });
    };
    let pulls = 0;
    return {
      pushImage: (image, reference) => push(image.tag, reference),
      pushIndex: (reference) => push('multi', reference),
      async pull(reference) {
        const target = join(directory, `pulled-${++pulls}`);
        await run('crane', ['pull', '--format', 'oci', reference, target], { env });
        return digestsIn(target);
      },
      pushArtifact: (subject) => push('sbom', `${subject}-sbom`),
    };
  },
});
