import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.js';
import type { ContainerRuntime, ContainerSpec } from '../../src/runtime/runtime.js';
import { findBusybox, shellImage } from './container-runtime-images.js';

export interface StackingSuite {
  /** Asked once the runtime is open. */
  runtime: () => ContainerRuntime;
  /** Runs a container to its end, and tells its exit code. */
  run: (spec: Pick<ContainerSpec, 'rootfs' | 'argv'>) => Promise<number | undefined>;
}

/** What is written to a root above an image, wherever roots are stacked from layers. */
export function describeStacking({ runtime, run }: StackingSuite): void {
  // The image has no links for busybox's commands.
  const aliases = ['cat', 'chmod', 'ln', 'mkdir', 'rm'].map(
    (name) => `alias ${name}='/bin/busybox ${name}'\n`,
  );
  const runScript = (rootfs: ContainerSpec['rootfs'], script: string) =>
    run({ rootfs, argv: ['/bin/busybox', 'sh', '-c', `${aliases.join('')}${script}`] });

  describe.skipIf(findBusybox() === undefined)('stacking (needs a static busybox)', () => {
    it('is there where overlays can be mounted, and nowhere else', () => {
      const { driver, isolation } = runtime().info;
      const never = driver === 'docker' || isolation === 'chroot' || isolation === 'process';
      if (never) expect(runtime().stacking).toBeUndefined();
    });

    it('leaves what a container wrote to be read, and to be a layer', async (context) => {
      const { stacking } = runtime();
      if (!stacking) return context.skip('roots are copied here');
      const source = await shellImage(findBusybox()!);
      const image = await runtime().unpack(source);
      const written = await stacking.create();
      const change = [
        'set -e; echo made > /made; ln /made /twin; rm /plain-file; chmod 700 /bin',
        'rm -rf /tmp; mkdir -p /tmp/deep; echo new > /tmp/deep/new; test -e /only-inside',
      ].join(';');
      expect(await runScript({ image, written }, change)).toBe(0);
      const listed = await written.list();
      const facts = (path: string) => {
        const { stats, removed, opaque } = listed.get(path)!;
        return { names: Number(stats.nlink), mode: Number(stats.mode & 0o777n), removed, opaque };
      };
      expect(facts('/made')).toEqual({ names: 2, mode: 0o644, removed: false, opaque: false });
      expect(listed.get('/twin')!.stats.ino).toBe(listed.get('/made')!.stats.ino);
      expect(facts('/plain-file').removed).toBe(true);
      expect(facts('/tmp').opaque).toBe(true);
      expect(facts('/bin')).toMatchObject({ mode: 0o700, opaque: false });
      expect(listed.has('/tmp/deep/new')).toBe(true);
      expect(listed.has('/only-inside')).toBe(false);

      await written.leaveOut(['/twin', '/not/listed']);
      const diffId = digestOf(`a layer of ${process.pid} at ${process.hrtime.bigint()}`);
      expect(await written.keepAs(diffId)).toBeDefined();
      const { config, layers, ...rest } = source;
      const stacked = await runtime().unpack({
        ...{ ...rest, layers: [...layers, layers[0]!] },
        config: {
          ...config,
          rootfs: { type: 'layers', diff_ids: [...config.rootfs.diff_ids, diffId] },
        },
        openLayer: () => Promise.reject(new Error('it is unpacked')),
      });
      const look =
        'set -e; cd /; cat made tmp/deep/new; test ! -e twin; test ! -e plain-file; test -e etc/passwd';
      expect(await runScript({ image: stacked }, look)).toBe(0);
      await written.remove();
    });

    it('shows one file by all its names, also once one of them is written to', async (context) => {
      const { stacking, info } = runtime();
      if (!stacking || process.geteuid?.() !== 0) return context.skip(`not at ${info.isolation}`);
      const image = await runtime().unpack(await shellImage(findBusybox()!));
      const first = await stacking.create();
      expect(await runScript({ image, written: first }, 'echo 1 > /a; ln /a /b')).toBe(0);
      const diffId = digestOf(`linked ${process.pid} at ${process.hrtime.bigint()}`);
      const layer = await first.keepAs(diffId);
      const linked = { ...image, layerPaths: [...image.layerPaths, layer!] };
      const written = await stacking.create();
      const add = 'echo 2 >> /b; test "$(cat /a)" = "$(printf "1\\n2")"';
      expect(await runScript({ image: linked, written }, add)).toBe(0);
      const listed = await written.list();
      expect(listed.has('/a')).toBe(false);
      expect(listed.get('/b')!.stats.nlink).toBe(2n); // its other name is overlayfs's own
      await written.remove();
    });
  });
}
