import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { digestsIn, run } from './registry-command.js';

describeRegistryClient({
  name: 'skopeo',
  programs: ['skopeo'],
  keepsBytes: true,
  async open({ server, samples, authFile, directory }) {
    const access = (side: 'src' | 'dest'): string[] => [
      '--authfile',
      authFile,
      ...(server.certificates === undefined
        ? [`--${side}-tls-verify=false`]
        : [`--${side}-cert-dir`, server.certificates]),
    ];
    const push = async (tag: string, reference: string): Promise<void> => {
      const source = `oci:${samples.layout}:${tag}`;
      await run('skopeo', ['copy', '--all', ...access('dest'), source, `docker://${reference}`]);
    };
    let pulls = 0;
    return {
      pushImage: (image, reference) => push(image.tag, reference),
      pushIndex: (reference) => push('multi', reference),
      async pull(reference) {
        const target = join(directory, `pulled-${++pulls}`);
        const argv = ['copy', '--all', ...access('src'), `docker://${reference}`];
        await run('skopeo', [...argv, `oci:${target}:pulled`]);
        return digestsIn(target);
      },
      // An artifact is an image manifest to it; which image it is about, the manifest says itself.
      pushArtifact: (subject) => push('sbom', `${subject}-sbom`),
    };
  },
});
