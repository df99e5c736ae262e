import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { describeRegistryClient, type Daemon } from './registry-clients.js';
import { run, startDaemon } from './registry-command.js';
import type { SampleImage } from './registry-samples.js';

describeRegistryClient({
  name: 'docker',
  programs: ['dockerd', 'docker'],
  keepsBytes: false,
  startDaemon: startDockerd,
  // `docker manifest` speaks plain HTTP to every registry on this machine.
  servers: ['azure-shaped over HTTP'],
  async open({ samples, directory, daemon }) {
    const options = ['--config', directory, '--host', daemon];
    const call = (...argv: string[]): Promise<string> => run('docker', [...options, ...argv]);
    const push = async (image: SampleImage, reference: string): Promise<void> => {
      const archive = join(directory, `${image.tag}.tar`);
      writeFileSync(archive, await dockerArchive(image, reference));
      await call('load', '--quiet', '--input', archive);
      await call('push', '--quiet', reference);
    };
    return {
      pushImage: push,
      async pushIndex(reference) {
        const references = samples.images.map(({ tag }) => `${reference}-${tag}`);
        for (const [at, image] of samples.images.entries()) await push(image, references[at]!);
        await call('manifest', 'create', '--insecure', reference, ...references);
        await call('manifest', 'push', '--insecure', reference);
      },
      async pull(reference, images) {
        const layers: string[] = [];
        for (const { platform } of images) {
          await call('image', 'rm', '--force', reference).catch(() => '');
          const wanted = [platform.os, platform.architecture, platform.variant].filter(Boolean);
          await call('pull', '--quiet', '--platform', wanted.join('/'), reference);
          const format = ['--format', '{{range .RootFS.Layers}}{{.}} {{end}}'];
          layers.push(...(await call('image', 'inspect', ...format, reference)).trim().split(' '));
        }
        return layers;
      },
    };
  },
});

/** The archive that `docker save` would have written. */
async function dockerArchive(image: SampleImage, reference: string): Promise<Buffer> {
  const tar = pack();
  const manifest = { Config: 'config.json', RepoTags: [reference], Layers: ['layer.tar'] };
  tar.entry({ name: 'manifest.json' }, JSON.stringify([manifest]));
  tar.entry({ name: 'config.json' }, readFileSync(image.config));
  tar.entry({ name: 'layer.tar' }, readFileSync(image.rootfs));
  tar.finalize();
  return buffer(tar);
}

/** An engine of our own: no network, no firewall rules, nothing outside `directory`. */
function startDockerd(directory: string): Promise<Daemon> {
  const address = `unix://${join(directory, 'd.sock')}`;
  const folders = [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'dockerd.pid'), '--host', address],
  ];
  const plain = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
  return startDaemon('dockerd', [...folders, ...plain, '--storage-driver', 'vfs'], {
    log: join(directory, 'dockerd.log'),
    address,
    isReady: () => run('docker', ['--config', directory, '--host', address, 'version']),
  });
}
