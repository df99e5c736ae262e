import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEngine } from './engine-address.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lazurite-engine-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function writeContext(name: string, host: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const folder = join(home, '.docker', 'contexts', 'meta', id);
  mkdirSync(folder, { recursive: true });
  const meta = { Name: name, Endpoints: { docker: { Host: host } } };
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }));
}

describe('the address of the container engine', () => {
  it.each([
    [{ DOCKER_HOST: 'unix:///run/x.sock' }, { socketPath: '/run/x.sock', source: 'DOCKER_HOST' }],
    [
      { DOCKER_HOST: 'npipe:////./pipe/docker_engine' },
      { socketPath: '//./pipe/docker_engine', source: 'DOCKER_HOST' },
    ],
    [{ DOCKER_HOST: 'tcp://10.0.0.7' }, { tcp: { host: '10.0.0.7', port: 2375 } }],
    [{ DOCKER_HOST: 'tcp://build.local:1234' }, { tcp: { host: 'build.local', port: 1234 } }],
    [{ DOCKER_HOST: 'tcp://[::1]:1234' }, { tcp: { host: '::1', port: 1234 } }],
    [
      { CONTAINER_HOST: 'unix:///run/podman/p.sock' },
      { socketPath: '/run/podman/p.sock', source: 'CONTAINER_HOST' },
    ],
  ])('of %j', (env, expected) => {
    expect(findEngine({ HOME: home, ...env })).toMatchObject(expected);
  });

  it('of the docker context in use, unless DOCKER_HOST names another', () => {
    writeContext('colima', 'unix:///colima.sock');
    expect(findEngine({ HOME: home })).toMatchObject({
      socketPath: '/colima.sock',
      source: "docker context 'colima'",
    });
    const env = { HOME: home, DOCKER_HOST: 'unix:///x.sock' };
    expect(findEngine(env)?.socketPath).toBe('/x.sock');
  });

  it('of a socket that is there', () => {
    mkdirSync(join(home, 'podman'));
    writeFileSync(join(home, 'podman', 'podman.sock'), '');
    expect(findEngine({ HOME: home, XDG_RUNTIME_DIR: home })?.source).toMatch(/\.sock$/);
  });

  it.each([
    ['ssh://me@host', /forward its socket/],
    ['unix://relative', /DOCKER_HOST=unix:/],
    ['tcp://', /DOCKER_HOST=unix:/],
    ['tcp://host:port', /DOCKER_HOST=unix:/],
    ['docker', /DOCKER_HOST=unix:/],
  ])('%s is refused with a way out', (text, help) => {
    expect(() => findEngine({ HOME: home, DOCKER_HOST: text })).toThrow(
      expect.objectContaining({ help: expect.stringMatching(help) as string }),
    );
  });

  it('with certificates that are not there is refused', () => {
    const env = { HOME: home, DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1' };
    expect(() => findEngine(env)).toThrow(/certificates/);
  });
});
