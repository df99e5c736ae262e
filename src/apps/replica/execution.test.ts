import { describe, expect, it } from 'vitest';
import { template } from '../../../test/support/app-world.js';
import type { ImageConfig, ImageExecution } from '../../oci/image-config.js';
import { parseMemory } from '../memory.js';
import { formatDuration, mergeArgv, mergeEnvironment } from './execution.js';

const config = (execution: ImageExecution): ImageConfig => ({
  os: 'linux',
  architecture: 'amd64',
  config: execution,
  rootfs: { type: 'layers', diff_ids: [] },
});

describe('mergeArgv', () => {
  const image: ImageExecution = { Entrypoint: ['/entry'], Cmd: ['a', 'b'] };
  it.each([
    ['the image alone', image, {}, ['/entry', 'a', 'b']],
    ['a command drops both', image, { command: ['/mine'] }, ['/mine']],
    ['a command with args', image, { command: ['/mine'], args: ['x'] }, ['/mine', 'x']],
    ['args replace the command', image, { args: ['x'] }, ['/entry', 'x']],
    ['no entry point', { Cmd: ['/cmd'] }, {}, ['/cmd']],
    ['null is none', { Entrypoint: null, Cmd: null }, {}, []],
  ])('%s', (_name, execution, changes, argv) => {
    const container = template({ image: 'x', ...changes }).containers[0]!;
    expect(mergeArgv(container, config(execution))).toEqual(argv);
  });
});

describe('mergeEnvironment', () => {
  it('lets the template win over the platform and that over the image', () => {
    const merged = mergeEnvironment(
      config({ Env: ['A=image', 'B=image', 'EQ=a=b', 'broken', '=x'] }),
      new Map([['B', 'platform']]),
      new Map([['A', 'template']]),
    );
    expect(merged).toContain('A=template');
    expect(merged).toContain('B=platform');
    expect(merged).toContain('EQ=a=b');
    expect(merged[0]).toMatch(/^PATH=.*\/bin/);
    expect(merged).toHaveLength(4);
  });
});

describe('amounts', () => {
  it.each([
    ['1Gi', 1_073_741_824],
    ['0.5Gi', 536_870_912],
    ['512Mi', 536_870_912],
    ['1G', undefined],
    ['', undefined],
    ['-1Gi', undefined],
    ['1 Gi', undefined],
  ])('of memory: %s', (text, bytes) => {
    expect(parseMemory(text)).toBe(bytes);
  });

  it.each([
    [12, '12ms'],
    [999.4, '999ms'],
    [1620, '1.62s'],
    [2000, '2s'],
  ])('of time: %d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
