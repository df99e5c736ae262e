import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { run } from './registry-command.js';
import { startContainerd, writeHosts } from './registry-containerd.js';

describeRegistryClient({
  name: "containerd's ctr",
  programs: ['containerd', 'ctr', 'tar'],
  keepsBytes: true,
  startDaemon: startContainerd,
  async open({ server, samples, credentials, directory, daemon }) {
    const call = (...argv: string[]): Promise<string> => run('ctr', ['--address', daemon, ...argv]);
    const login = ['--user', `${credentials.username}:${credentials.password}`];
    const access = [...login, '--hosts-dir', writeHosts(directory, server)];
    const push = async (tag: string, reference: string): Promise<void> => {
      const archive = join(directory, `${tag}.tar`);
      await run('tar', ['--dereference', '-C', samples.layoutOf(tag), '-cf', archive, '.']);
      const [name] = reference.split(/:[^:/]*$/);
      const naming = ['--no-unpack', '--all-platforms', '--base-name', name!];
      await call('images', 'import', ...naming, archive);
      if (reference !== `${name!}:${tag}`) {
        await call('images', 'tag', '--force', `${name!}:${tag}`, reference);
      }
      await call('images', 'push', ...access, reference);
    };
    return {
      pushImage: (image, reference) => push(image.tag, reference),
      pushIndex: (reference) => push('multi', reference),
      async pull(reference) {
        const everything = ['--all-platforms', '--snapshotter', 'native'];
        await call('images', 'pull', ...access, ...everything, reference);
        return (await call('content', 'ls', '--quiet')).split('\n');
      },
      pushArtifact: (subject) => push('sbom', `${subject}-sbom`),
      async pullArtifact(reference) {
        await call('content', 'fetch', ...access, '--all-platforms', reference);
        return (await call('content', 'ls', '--quiet')).split('\n');
      },
    };
  },
});
