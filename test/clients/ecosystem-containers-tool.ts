import { join } from 'node:path';
import { describeIndexTool, type IndexToolSession } from './ecosystem.js';
import { run } from './registry-command.js';
import type { SampleImage } from './registry-samples.js';

const INSECURE = '--tls-verify=false';

/** podman and buildah edit indexes as local lists, and push them with the images in them. */
export function describeListTool(
  name: 'podman' | 'buildah',
  extra: (directory: string) => string[],
): void {
  describeIndexTool({
    name,
    programs: [name],
    open: ({ directory, samples: { images } }) =>
      openListTool(name, [...storage(directory), ...extra(directory)], images),
  });
}

/** Storage of the test's own, for either tool. */
export function storage(directory: string): string[] {
  return [
    ...['--root', join(directory, 'root'), '--runroot', join(directory, 'run')],
    ...['--storage-driver', 'vfs'],
  ];
}

function openListTool(
  name: string,
  options: readonly string[],
  images: readonly SampleImage[],
): IndexToolSession {
  const call = (...argv: string[]): Promise<string> => run(name, [...options, ...argv]);
  const manifest = (verb: string, ...argv: string[]): Promise<string> =>
    call('manifest', verb, ...argv);
  let lists = 0;
  /** Pushes a new list of what `fill` puts in. */
  const pushList = async (
    index: string,
    fill: (list: string) => Promise<unknown>,
  ): Promise<void> => {
    const list = `list-${++lists}`;
    await manifest('create', list);
    await fill(list);
    await manifest('push', '--all', INSECURE, list, `docker://${index}`);
  };
  const add = (list: string, source: string, ...more: string[]): Promise<string> =>
    manifest('add', ...more, INSECURE, list, `docker://${source}`);
  return {
    create: (index, sources) =>
      pushList(index, async (list) => {
        for (const source of sources) await add(list, source);
      }),
    add: (index, image) =>
      pushList(index, async (list) => {
        await add(list, index, '--all');
        await add(list, image);
      }),
    remove: (index, digest) =>
      pushList(index, async (list) => {
        await add(list, index, '--all');
        await manifest('remove', list, digest);
      }),
    async choose(index, { platform: { os, architecture, variant } }) {
      const wanted = [os, architecture, variant].filter(Boolean).join('/');
      const id = (await call('pull', '--quiet', INSECURE, '--platform', wanted, index)).trim();
      // What these tools call an image's id is the digest of its config.
      const chosen = images.find(({ digests }) => digests[1] === `sha256:${id}`);
      return chosen?.manifest.digest ?? `an unknown image, ${id}`;
    },
  };
}
