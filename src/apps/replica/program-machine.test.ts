import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UnpackedImage } from '../../runtime/runtime.js';
import { programMachine, refuseForeignProgram } from './program-machine.js';

let layer: string;
beforeEach(() => {
  layer = mkdtempSync(join(tmpdir(), 'lazurite-program-'));
  mkdirSync(join(layer, 'bin'));
  for (const name of ['amd64', 'arm64', 'arm-v7']) {
    symlinkSync(resolve('workload', 'hello', 'bin', `hello-linux-${name}`), join(layer, name));
  }
  writeFileSync(join(layer, 'script'), '#!/bin/sh\n');
});
afterEach(() => {
  rmSync(layer, { recursive: true });
});

const image = (architecture: string) =>
  ({ layerPaths: [layer], config: { os: 'linux', architecture } }) as unknown as UnpackedImage;

describe('programs of images', () => {
  it.each([
    ['/arm64', 'linux/arm64'],
    ['/script', undefined],
    ['/missing', undefined],
    ['amd64', undefined],
  ])('%s is for %s', async (program, machine) => {
    expect(await programMachine(image('amd64'), program)).toBe(machine);
  });

  it.each([
    ['amd64', '/amd64'],
    ['amd64', '/script'],
    ['amd64', '/missing'],
    ['arm64', '/arm64'],
    ['arm64', '/arm-v7'],
  ])('an image for %s may run %s', async (architecture, program) => {
    await expect(refuseForeignProgram(image(architecture), program)).resolves.toBeUndefined();
  });

  it.each([
    ['amd64', '/arm64'],
    ['arm64', '/amd64'],
    ['arm', '/arm64'],
  ])('an image for %s may not run %s, emulated or not', async (architecture, program) => {
    await expect(refuseForeignProgram(image(architecture), program)).rejects.toMatchObject({
      reason: 'ENOEXEC',
      message: expect.stringContaining(`exec ${program}: exec format error (a program for linux/`),
    });
  });
});
