import { expect, it } from 'vitest';
import { runnableVariants } from './variants.js';

const V8_5_DOWN = ['v8.5', 'v8.4', 'v8.3', 'v8.2', 'v8.1', 'v8'];

it.each([
  ['arm', 'v8', ['v8', 'v7', 'v6', 'v5']],
  ['arm', 'v4', ['v4']],
  ['arm', 'hard', ['hard']],
  ['amd64', '', ['']],
  ['amd64', 'v4', ['v4', 'v3', 'v2', 'v1']],
  ['arm64', '', ['v8']],
  ['arm64', 'v8.1', ['v8.1', 'v8']],
  ['arm64', 'v9', ['v9', ...V8_5_DOWN]],
  ['arm64', 'v9.1', ['v9.1', 'v9', 'v8.6', ...V8_5_DOWN]],
  [
    'arm64',
    'v9.7',
    [7, 6, 5, 4, 3, 2, 1]
      .map((minor) => `v9.${minor}`)
      .concat(['v9', 'v8.9', 'v8.8', 'v8.7', 'v8.6'], V8_5_DOWN),
  ],
  ['arm64', 'v9.8', ['v9.8']],
  ['arm64', 'v10', ['v10']],
  ['riscv64', 'rva22u64', ['rva22u64']],
])('%s %s', (architecture, highest, expected) => {
  expect(runnableVariants(architecture, highest)).toEqual(expected);
});
