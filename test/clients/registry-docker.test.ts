import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { describeRegistryClient } from './registry-clients.js';
import { run } from './registry-command.js';
import { startDockerd } from './registry-docker-daemon.js';
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
