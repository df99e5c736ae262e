import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRegistryClient, type Daemon } from './registry-clients.js';
import { run, startDaemon } from './registry-command.js';

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

/** Says how to reach the registry; on its own ctr would speak HTTP to every registry on this machine. */
function writeHosts(
  directory: string,
  server: { address: string; url: string; certificates: string | undefined },
): string {
  const folder = join(directory, 'hosts', server.address);
  mkdirSync(folder, { recursive: true });
  const lines = [`server = "${server.url}"`, `[host."${server.url}"]`];
  if (server.certificates !== undefined) lines.push(`  ca = "${server.certificates}/ca.crt"`);
  writeFileSync(join(folder, 'hosts.toml'), `${lines.join('\n')}\n`);
  return join(directory, 'hosts');
}

/** A containerd of our own: nothing of it outside `directory`. */
function startContainerd(directory: string): Promise<Daemon> {
  const address = join(directory, 'c.sock');
  const config = join(directory, 'containerd.toml');
  writeFileSync(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
  const folders = ['--root', join(directory, 'root'), '--state', join(directory, 'state')];
  return startDaemon('containerd', ['--config', config, '--address', address, ...folders], {
    log: join(directory, 'containerd.log'),
    address,
    isReady: () => run('ctr', ['--address', address, 'version']),
  });
}
