import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { digestsIn, run } from './registry-command.js';
import { ARTIFACT_TYPE, DOCUMENT, DOCUMENT_TYPE } from './registry-samples.js';

describeRegistryClient({
  name: 'regctl',
  programs: ['regctl'],
  keepsBytes: true,
  async open({ server, samples, credentials, directory }) {
    const host =
      server.certificates === undefined
        ? { tls: 'disabled' }
        : { regcert: readFileSync(join(server.certificates, 'ca.crt'), 'utf8') };
    const login = { user: credentials.username, pass: credentials.password };
    const config = join(directory, 'regctl.json');
    writeFileSync(config, JSON.stringify({ hosts: { [server.address]: { ...host, ...login } } }));
    const env = { REGCTL_CONFIG: config };
    const copy = async (source: string, target: string): Promise<void> => {
      await run('regctl', ['image', 'copy', source, target], { env });
    };
    let pulls = 0;
    return {
      pushImage: (image, reference) => copy(`ocidir://${samples.layout}:${image.tag}`, reference),
      pushIndex: (reference) => copy(`ocidir://${samples.layout}:multi`, reference),
      async pull(reference) {
        const target = join(directory, `pulled-${++pulls}`);
        await copy(reference, `ocidir://${target}:pulled`);
        return digestsIn(target);
      },
      async pushArtifact(subject) {
        const about = ['--artifact-type', ARTIFACT_TYPE, '--subject', subject];
        const argv = ['artifact', 'put', ...about, '--file-media-type', DOCUMENT_TYPE];
        await run('regctl', argv, { env, input: DOCUMENT });
      },
      listReferrers: (subject) => run('regctl', ['artifact', 'list', subject], { env }),
    };
  },
});
