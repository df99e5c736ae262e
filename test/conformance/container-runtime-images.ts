import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { digestOf } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import type { ImageSource } from '../../src/runtime/runtime.js';

/** An entry of a layer under test: a file with this content unless `type` says otherwise. */
export type LayerEntry = Partial<Omit<Header, 'name'>> & {
  name: string;
  content?: Buffer | string;
};

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm: 'arm-v7' };

/** The sample workload for this machine. */
export function helloProgram(): Buffer {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const url = new URL(`../../workload/hello/bin/hello-linux-${architecture}`, import.meta.url);
  return readFileSync(url);
}

/** An ELF header for a machine that does not exist, so that no emulator is registered for it. */
export function foreignProgram(): Buffer {
  const program = Buffer.from(helloProgram());
  program.writeUInt16LE(0xfeed, 18);
  return program;
}

export async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    tar.entry({ mode: 0o755, ...header }, content ?? '');
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** An image whose layers are gzipped tars of these entries; counts how often a layer is opened. */
export async function imageOf(
  ...layers: (readonly LayerEntry[])[]
): Promise<ImageSource & { opened: number }> {
  const tars = await Promise.all(layers.map(tarOf));
  const blobs = tars.map((tar) => gzipSync(tar));
  const source = {
    manifestDigest: digestOf(createHash('sha256').update(Buffer.concat(blobs)).digest()),
    config: {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers' as const, diff_ids: tars.map((tar) => digestOf(tar)) },
    },
    layers: blobs.map((blob) => ({
      mediaType: MEDIA_TYPE.ociLayerGzip,
      digest: digestOf(blob),
      size: blob.length,
    })),
    opened: 0,
    openLayer: async (layer: { digest: string }) => {
      source.opened += 1;
      const blob = blobs.find((each) => digestOf(each) === layer.digest);
      return Readable.from([blob]);
    },
  };
  return source;
}

export const ACCOUNTS: LayerEntry[] = [
  { name: 'etc/', type: 'directory' },
  {
    name: 'etc/passwd',
    mode: 0o644,
    content: 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:\n',
  },
  { name: 'etc/group', mode: 0o644, content: 'root:x:0:\napp:x:1000:\nextra:x:1001:app\n' },
];

/** A static busybox of this machine, from Debian's package busybox-static. */
export function findBusybox(): string | undefined {
  const path = ['/bin/busybox', '/usr/bin/busybox'].find((each) => existsSync(each));
  if (path === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
    throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no busybox: install busybox-static');
  }
  return path;
}

/** The sample workload beside a shell. */
export function shellImage(
  busybox: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ImageSource> {
  return imageOf([
    ...Object.entries(files).map(([name, content]) => ({ name, mode: 0o644, content })),
    ...ACCOUNTS,
    { name: 'hello', content: helloProgram() },
    { name: 'bin/', type: 'directory' },
    { name: 'bin/busybox', content: readFileSync(busybox) },
    { name: 'tmp/', type: 'directory', mode: 0o1777 },
    { name: 'only-inside', mode: 0o644, content: 'in the image\n' },
    { name: 'plain-file', mode: 0o644, content: 'no program' },
  ]);
}
