import { expect, it } from 'vitest';
import { parsePlace } from './list.js';

it.each([
  ['localhost:5000', { host: 'localhost:5000' }],
  ['ghcr.io', { host: 'ghcr.io' }],
  ['[::1]:5000', { host: '[::1]:5000' }],
  ['localhost:5000/team/app', { host: 'localhost:5000', repository: 'team/app' }],
  ['docker.io/alpine', { host: 'docker.io', repository: 'library/alpine' }],
  ['team/app', { host: 'docker.io', repository: 'team/app' }],
])('%s is a place to list', (text, place) => {
  expect(parsePlace(text)).toEqual(place);
});

it.each([
  '',
  'app',
  '/',
  'localhost:5000/',
  'localhost:5000/App',
  'localhost:5000/app:v1',
  `localhost:5000/app@sha256:${'0'.repeat(64)}`,
  'http://localhost:5000',
  'localhost:99999',
])('"%s" is none, and what to write is said', (text) => {
  expect(() => parsePlace(text)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      help: expect.stringContaining('HOST') as string,
    }) as Error,
  );
});
