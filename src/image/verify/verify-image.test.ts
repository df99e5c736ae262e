import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatPlatformInFull, parsePlatform } from '../../oci/platform.js';
import { elfFile, machOFile, peFile } from '../../oci/program/testing/program-files.js';
import { openLayout } from '../layout/layout-reader.js';
import { SampleLayout } from '../testing/sample-layout.js';
import { verifyImage, type ImageReport, type VerifyOptions } from './verify-image.js';

let directory: string;
let sample: SampleLayout;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-verify-'));
  sample = await SampleLayout.create(directory);
});
afterEach(() => rm(directory, { recursive: true }));

const MACHINE: Record<string, number> = { amd64: 62, arm64: 183, '386': 3, arm: 40 };
const elf = (architecture: string, loader?: string): Buffer =>
  elfFile({ machine: MACHINE[architecture]!, ...(loader && { loader }) });

type Content =
  | Buffer
  | string
  | { type?: 'file' | 'directory' | 'symlink'; linkname?: string; mode?: number; content?: string };

interface ImageOptions {
  platform?: string;
  /** Of the config's `config`. */
  execution?: object;
  /** Path → content; `{ type: 'symlink', linkname }` for others. */
  files: Record<string, Content>;
  diffId?: string;
}

async function layerTar(files: Record<string, Content>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    const isPlain = Buffer.isBuffer(content) || typeof content === 'string';
    const { content: bytes = '', ...header } = isPlain ? { content } : content;
    tar.entry({ name, mtime: new Date(0), mode: 0o755, ...header }, bytes);
  }
  tar.finalize();
  return buffer(tar);
}

async function addImage(options: ImageOptions): Promise<Descriptor> {
  const { platform = 'linux/amd64', execution = { Entrypoint: ['/app'] }, files, diffId } = options;
  const tar = await layerTar(files);
  const layer = await sample.addBlob(MEDIA_TYPE.ociLayerGzip, gzipSync(tar));
  const parsed = parsePlatform(platform)!;
  const rootfs = { type: 'layers', diff_ids: [diffId ?? digestOf(tar)] };
  const document = { ...parsed, config: execution, rootfs };
  const config = await sample.addBlob(MEDIA_TYPE.ociConfig, Buffer.from(JSON.stringify(document)));
  return { ...(await sample.addManifest({ config, layers: [layer] })), platform: parsed };
}

async function verify(root: Descriptor, options?: VerifyOptions): Promise<ImageReport> {
  await sample.name({ v1: root });
  const reader = await openLayout(directory, root.digest);
  try {
    return await verifyImage(reader, options);
  } finally {
    await reader.close();
  }
}

const codes = ({ findings, platforms }: ImageReport): string[] =>
  [...findings, ...platforms.flatMap((report) => report.findings)].map(({ code }) => code);

describe('what would start', () => {
  const BUSYBOX = {
    'bin/busybox': elf('amd64'),
    'bin/sh': { type: 'symlink', linkname: 'busybox' },
  } as const;

  it.each<[string, ImageOptions]>([
    ['a program for the platform', { files: { app: elf('amd64') } }],
    ['one of 32 bits on 64', { files: { app: elf('386') } }],
    ['one of 32 bits on arm64', { platform: 'linux/arm64', files: { app: elf('arm') } }],
    [
      'a dynamic one with its loader',
      { files: { app: elf('amd64', '/lib/ld.so'), 'lib/ld.so': elf('amd64') } },
    ],
    ['a script with its interpreter', { files: { app: '#!/bin/sh\n', ...BUSYBOX } }],
    [
      'a script through env',
      {
        execution: { Cmd: ['start'], Env: ['PATH=/opt/bin'] },
        files: {
          'opt/bin/start': '#!/usr/bin/env -S X=1 node --flag\n',
          'usr/bin/env': elf('amd64'),
          'opt/bin/node': elf('amd64'),
        },
      },
    ],
    [
      'a name relative to the working directory',
      { execution: { Cmd: ['./run'], WorkingDir: '/srv' }, files: { 'srv/run': elf('amd64') } },
    ],
    [
      'a Windows program, in any case and without its ending',
      {
        platform: 'windows(10.0.20348.1)/amd64',
        execution: { Entrypoint: ['C:\\App\\main'] },
        files: { 'Files/app/MAIN.exe': peFile(0x8664) },
      },
    ],
    [
      'a Windows program on its path',
      {
        platform: 'windows(10.0.20348.1)/amd64',
        execution: { Cmd: ['cmd', '/c', 'x'] },
        files: { 'Files/Windows/System32/cmd.exe': peFile(0x8664) },
      },
    ],
  ])('%s', async (_what, options) => {
    const report = await verify(await addImage(options));
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, platforms: [{ layers: 1, program: {} }] });
  });
});

describe('what would fail', () => {
  it.each<[string, string, ImageOptions, RegExp]>([
    [
      'a program for another machine',
      'wrong-machine',
      { files: { app: elf('arm64') } },
      /linux\/amd64, but one program/,
    ],
    [
      'a program of macOS',
      'wrong-machine',
      { files: { app: machOFile(0x0100000c) } },
      /says linux\/amd64/,
    ],
    [
      'a 64-bit program on 32 bits',
      'wrong-machine',
      { platform: 'linux/386', files: { app: elf('amd64') } },
      /linux\/386/,
    ],
    [
      'a foreign program on the PATH',
      'wrong-machine',
      {
        files: {
          app: elf('amd64'),
          'usr/bin/tool': elf('arm64'),
          'usr/bin/alias': { type: 'symlink', linkname: 'tool' },
        },
      },
      /but one program is/,
    ],
    [
      'a foreign program behind an init',
      'wrong-machine',
      {
        execution: { Entrypoint: ['/init', '--', '/srv/app'] },
        files: { init: elf('amd64'), 'srv/app': elf('arm64') },
      },
      /one program/,
    ],
    [
      'no such program',
      'program-missing',
      { files: { other: elf('amd64') } },
      /\/app is not in the image/,
    ],
    [
      'a program that was removed',
      'program-missing',
      { execution: { Cmd: ['gone'] }, files: { 'usr/bin/x': elf('amd64') } },
      /gone/,
    ],
    [
      'a directory',
      'program-missing',
      { files: { 'app/': { type: 'directory' } } },
      /is a directory/,
    ],
    [
      'no permission',
      'program-not-executable',
      { files: { app: { mode: 0o644, content: '#!/bin/sh' } } },
      /no permission/,
    ],
    [
      'a script without its line',
      'program-unknown',
      { files: { app: 'echo hello\n' } },
      /no program/,
    ],
    [
      'an interpreter that is missing',
      'interpreter-missing',
      { files: { app: '#!/bin/bash\n' } },
      /"\/bin\/bash"/,
    ],
    [
      "lines that end as Windows' do",
      'interpreter-missing',
      { files: { app: '#!/bin/sh\r\n', 'bin/sh': elf('amd64') } },
      /\\r/,
    ],
    [
      'an interpreter that env cannot find',
      'interpreter-missing',
      { files: { app: '#!/usr/bin/env python3\n', 'usr/bin/env': elf('amd64') } },
      /python3/,
    ],
    [
      'a loader that is missing',
      'loader-missing',
      { files: { app: elf('amd64', '/lib64/ld-linux-x86-64.so.2') } },
      /ld-linux/,
    ],
    [
      'a loop of links',
      'program-missing',
      { files: { app: { type: 'symlink', linkname: 'app' } } },
      /not in the image/,
    ],
    [
      'another layer than the config lists',
      'diff-id-mismatch',
      { files: { app: elf('amd64') }, diffId: digestOf('other') },
      /diff id/,
    ],
    [
      'a layer that climbs out',
      'layer-unsafe',
      { files: { '../app': elf('amd64') } },
      /climbs out/,
    ],
    [
      'Windows without os.version',
      'windows-os-version-missing',
      { platform: 'windows/amd64', files: { 'Files/app.exe': peFile(0x8664) } },
      /os\.version/,
    ],
    [
      'a Windows program for another machine',
      'wrong-machine',
      { platform: 'windows(10.0.20348.1)/amd64', files: { 'Files/app.exe': peFile(0xaa64) } },
      /windows\/amd64/,
    ],
  ])('%s', async (_what, code, options, message) => {
    const report = await verify(await addImage(options));
    expect(report.ok).toBe(false);
    expect(codes(report)).toEqual([code]);
    expect(report.platforms[0]!.findings[0]!.message).toMatch(message);
  });

  it('an image that names no command is told of, but may be given one', async () => {
    const report = await verify(await addImage({ execution: {}, files: { app: elf('amd64') } }));
    expect(report.ok).toBe(true);
    expect(codes(report)).toEqual(['no-command']);
  });
});

describe('an index', () => {
  const pair = async (): Promise<[Descriptor, Descriptor]> => [
    await addImage({ files: { app: elf('amd64') } }),
    await addImage({ platform: 'linux/arm64', files: { app: elf('arm64') } }),
  ];
  const shown = ({ platforms }: ImageReport): string[] =>
    platforms.map(({ platform }) => formatPlatformInFull(platform));

  it('is verified on every platform, attestations left out', async () => {
    const images = await pair();
    const root = await sample.addIndex([...images, await sample.addAttestation(images[0])]);
    const report = await verify(root);
    expect(shown(report)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(report.ok).toBe(true);
  });

  it('or on those that are asked for', async () => {
    const root = await sample.addIndex(await pair());
    const wanted = ['linux/arm64', 'linux/s390x'].map((text) => parsePlatform(text)!);
    const report = await verify(root, { platforms: wanted });
    expect(shown(report)).toEqual(['linux/arm64']);
    expect(report).toMatchObject({
      ok: false,
      findings: [{ code: 'missing-platform', evidence: ['linux/amd64', 'linux/arm64'] }],
    });
    expect(report.findings[0]!.message).toMatch(/^no child with platform linux\/s390x in index /);
  });

  it('must not call an image what it is not', async () => {
    const [amd64, arm64] = await pair();
    const root = await sample.addIndex([amd64, { ...amd64, platform: arm64.platform! }]);
    const report = await verify(root);
    expect(codes(report)).toEqual(['platform-differs', 'wrong-machine']);
  });

  it('must not name a platform twice', async () => {
    const other = await addImage({ files: { app: elf('amd64'), more: 'x' } });
    const report = await verify(await sample.addIndex([...(await pair()), other]));
    expect(codes(report)).toEqual(['duplicate-platform']);
  });

  it('must have images', async () => {
    const [amd64] = await pair();
    const report = await verify(await sample.addIndex([await sample.addAttestation(amd64)]));
    expect(codes(report)).toEqual(['missing-platform']);
  });

  it.each([
    ['a layer that is not there', (file: string) => rm(file), 'content-'],
    ['a layer with other bytes', (file: string) => writeFile(file, 'other'), 'content-broken'],
  ])('tells of %s, and goes on with the others', async (_what, damage, code) => {
    const [amd64, arm64] = await pair();
    const root = await sample.addIndex([amd64, arm64]);
    const manifest = JSON.parse(await readFile(sample.layout.blobPath(amd64.digest), 'utf8')) as {
      layers: Descriptor[];
    };
    await damage(sample.layout.blobPath(manifest.layers[0]!.digest));
    const report = await verify(root);
    expect(report.platforms.map(({ findings }) => findings.length)).toEqual([1, 0]);
    expect(codes(report)[0]).toContain(code);
  });
});

it('a single image for another platform is told in words of Azure', async () => {
  const root = await addImage({ platform: 'linux/arm64', files: { app: elf('arm64') } });
  const report = await verify(root, { platforms: [parsePlatform('linux/amd64')!] });
  expect(report.findings[0]!.message).toBe(
    'image OS/Arc must be linux/amd64 but found linux/arm64',
  );
});
