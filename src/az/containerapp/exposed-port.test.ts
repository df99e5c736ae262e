import { expect, it } from 'vitest';
import { exposedPort } from './exposed-port.js';

it.each<[string, string | undefined]>([
  ['FROM scratch\n', undefined],
  ['EXPOSE 8080', '8080'],
  ['expose 80/tcp', '80'],
  ['EXPOSE 53/udp\nEXPOSE 8080\n', '8080'],
  ['EXPOSE 80 443', '80'],
  ['# EXPOSE 80', undefined],
  ['EXPOSE $PORT', undefined],
  ['EXPOSE', undefined],
])('%j exposes %s', (dockerfile, port) => {
  expect(exposedPort(dockerfile)).toBe(port);
});
