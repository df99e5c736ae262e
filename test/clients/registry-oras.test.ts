import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { digestsIn, run } from './registry-command.js';
import { ARTIFACT_TYPE, DOCUMENT, DOCUMENT_TYPE } from './registry-samples.js';

describeRegistryClient({
  name: 'oras',
  programs: ['oras'],
  keepsBytes: true,
  async open({ server, samples, authFile, directory }) {
    const access = (side = ''): string[] => [
      `--${side}registry-config`,
      authFile,
      ...(server.certificates === undefined
        ? [`--${side}plain-http`]
        : [`--${side}plain-http=false`, `--${side}ca-file`, join(server.certificates, 'ca.crt')]),
    ];
    const push = async (tag: string, reference: string): Promise<void> => {
      const source = `${samples.layout}:${tag}`;
      await run('oras', ['copy', ...access('to-'), '--from-oci-layout', source, reference]);
    };
    writeFileSync(join(directory, 'sbom.json'), DOCUMENT);
    let pulls = 0;
    return {
      pushImage: (image, reference) => push(image.tag, reference),
      pushIndex: (reference) => push('multi', reference),
      async pull(reference) {
        const target = join(directory, `pulled-${++pulls}`);
        await run('oras', ['copy', ...access('from-'), reference, '--to-oci-layout', target]);
        return digestsIn(target);
      },
      async pushArtifact(subject) {
        const argv = ['attach', ...access(), '--artifact-type', ARTIFACT_TYPE, subject];
        await run('oras', [...argv, `sbom.json:${DOCUMENT_TYPE}`], { cwd: directory });
      },
      listReferrers: (subject) => run('oras', ['discover', ...access(), subject]),
    };
  },
});
