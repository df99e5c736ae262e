import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../oci/digest.js';
import { RootfsView } from '../rootfs-view.js';
import { scratchDirectory } from '../testing/scratch.js';
import type { LayerRecord } from './layer-store.js';
import { mergeLayers } from './merge.js';

interface TestLayer extends Partial<LayerRecord> {
  files?: Record<string, string>;
  links?: Record<string, string>;
}

function makeLayers(layers: TestLayer[]): string[] {
  const scratch = scratchDirectory();
  return layers.map(({ files = {}, links = {}, ...record }, index) => {
    const path = join(scratch, `${index}`, 'fs');
    fs.mkdirSync(path, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(dirname(join(path, name)), { recursive: true });
      fs.writeFileSync(join(path, name), content);
    }
    for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, join(path, name));
    const whole: LayerRecord = {
      diffId: digestOf(''),
      whiteouts: [],
      opaques: [],
      implicit: [],
      pipes: [],
      capabilities: [],
      skippedDevices: 0,
      ...record,
    };
    fs.writeFileSync(join(path, '..', 'layer.json'), JSON.stringify(whole));
    return path;
  });
}

const CASES: [string, TestLayer[], Record<string, string | undefined>][] = [
  [
    'later layers win',
    [{ files: { a: '1', b: '1' } }, { files: { b: '2' } }],
    { '/a': '1', '/b': '2', '/c': undefined },
  ],
  [
    'a whiteout removes a file and a tree',
    [{ files: { a: '1', 'd/x': '1', 'd/y/z': '1' } }, { whiteouts: ['a', 'd'] }],
    { '/a': undefined, '/d/x': undefined, '/d/y/z': undefined },
  ],
  [
    'what a layer removes it may bring again',
    [{ files: { 'd/x': '1' } }, { whiteouts: ['d'], files: { 'd/y': '2' } }],
    { '/d/x': undefined, '/d/y': '2' },
  ],
  [
    'an opaque directory hides what was below',
    [{ files: { 'd/x': '1', 'e/x': '1' } }, { opaques: ['d'], files: { 'd/y': '2' } }],
    { '/d/x': undefined, '/d/y': '2', '/e/x': '1' },
  ],
  [
    'a layer above an opaque one adds to it',
    [
      { files: { 'd/x': '1' } },
      { opaques: ['d'], files: { 'd/y': '2' } },
      { files: { 'd/z': '3' } },
    ],
    { '/d/x': undefined, '/d/y': '2', '/d/z': '3' },
  ],
  [
    'a file takes the place of a directory, and the other way round',
    [{ files: { 'd/x': '1', f: '1' } }, { files: { d: '2', 'f/x': '2' } }],
    { '/d': '2', '/d/x': undefined, '/f/x': '2' },
  ],
  [
    'links are followed inside the root',
    [
      {
        files: { 'usr/bin/sh': '1' },
        links: { bin: 'usr/bin', up: '../../../usr', abs: '/usr/bin' },
      },
    ],
    { '/bin/sh': '1', '/up/bin/sh': '1', '/abs/sh': '1' },
  ],
];

describe.each(CASES)('%s', (_what, layers, expected) => {
  it('in a tree merged by copying', async () => {
    const target = scratchDirectory();
    await mergeLayers(makeLayers(layers), target);
    const view = await RootfsView.open([target]);
    for (const [path, content] of Object.entries(expected)) {
      expect(view.find(path)?.stat.isFile() ? view.readText(path) : undefined).toBe(content);
    }
  });

  it('in a view over the layers', async () => {
    const view = await RootfsView.open(makeLayers(layers));
    for (const [path, content] of Object.entries(expected)) {
      expect(view.find(path)?.stat.isFile() ? view.readText(path) : undefined).toBe(content);
    }
  });
});

describe('mergeLayers', () => {
  it('writes through a link of a lower layer where the upper only implies the directory', async () => {
    const target = scratchDirectory();
    const layers: TestLayer[] = [
      { files: { 'usr/bin/sh': '1' }, links: { bin: 'usr/bin' } },
      { files: { 'bin/tool': '2' }, implicit: ['bin'] },
    ];
    await mergeLayers(makeLayers(layers), target);
    expect(fs.readdirSync(join(target, 'usr/bin')).sort()).toEqual(['sh', 'tool']);
    expect(fs.lstatSync(join(target, 'bin')).isSymbolicLink()).toBe(true);
  });

  it('never writes to a layer, and keeps names of one file together', async () => {
    const [layer = ''] = makeLayers([{ files: { a: 'x' } }]);
    fs.linkSync(join(layer, 'a'), join(layer, 'b'));
    const target = scratchDirectory();
    await mergeLayers([layer], target);
    fs.writeFileSync(join(target, 'a'), 'changed');
    expect(fs.readFileSync(join(target, 'b'), 'utf8')).toBe('changed');
    expect(fs.readFileSync(join(layer, 'a'), 'utf8')).toBe('x');
  });
});

describe('RootfsView', () => {
  it('does not follow links for ever', async () => {
    const view = await RootfsView.open(makeLayers([{ links: { a: 'b', b: 'a' } }]));
    expect(view.find('/a')).toBeUndefined();
    expect(view.readText('/a')).toBe('');
  });
});
