import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/base/owner-file.js';
import { ENTRY, lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

let directory: string;
let home: string;
let running: RunningServer[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-e2e-'));
  home = join(directory, 'home');
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function up(): Promise<RunningServer> {
  const server = await startServer(home);
  running.push(server);
  return server;
}

describe('lazurite up', () => {
  it('tells status what runs, and takes back what it told when it stops', async () => {
    const server = await up();
    const status = await lazurite(['status', '--json', '--home', home]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      pid: server.pid,
      home,
      gateway: server.gateway,
      runtime: { driver: 'embedded', isolation: expect.any(String), reason: expect.any(String) },
      imageAdmission: 'documented',
      requiredPlatform: 'linux/amd64',
      registries: [],
      apps: [],
    });
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(home, 'run', 'connection.json'))).toBe(false);
    const after = await lazurite(['status', '--home', home]);
    expect(after).toMatchObject({ code: 1, stderr: expect.stringContaining('lazurite up') });
  });

  it.each<[string, (child: ChildProcess) => void]>([
    ['its standard input ends', (child) => child.stdin?.end()],
    ['it is asked to, though its standard input stays open', (child) => child.kill('SIGTERM')],
  ])('ends when %s', async (_when, end) => {
    const argv = [ENTRY, 'up', '--home', home, '--port', '0', '--json', '--until-stdin-ends'];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    end(child);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('refuses a second owner of its home, and names the first', async () => {
    const server = await up();
    const second = await lazurite(['up', '--home', home, '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(server.pid));
    expect(second.stderr).toContain('lazurite down');
  });

  it('starts again after a crash, with the same certificate authority', async () => {
    const first = await up();
    const authority = readFileSync(join(home, 'ca', 'ca.pem'), 'utf8');
    await first.crash();
    running = [];
    const second = await up();
    expect(second.pid).not.toBe(first.pid);
    expect(readFileSync(join(home, 'ca', 'ca.pem'), 'utf8')).toBe(authority);
  });

  it('puts an az on PATH where none is installed, and leaves one that is alone', async () => {
    await up();
    const bare = { env: { PATH: join(directory, 'nothing') } };
    const printed = await lazurite(['env', '--with-az', '--home', home], bare);
    const typed = `${printed.stdout}\naz group create --name rg --location koreacentral --query name`;
    const environment = { PATH: '/nowhere' };
    expect(execFileSync('/bin/sh', ['-c', typed], { env: environment }).toString()).toBe('"rg"\n');

    const installed = mkdtempSync(join(directory, 'bin-'));
    writeFileSync(join(installed, 'az'), '', { mode: 0o755 });
    const path = { env: { PATH: installed } };
    const other = await lazurite(['env', '--with-az', '--json', '--home', home], path);
    expect(JSON.parse(other.stdout)).not.toHaveProperty('PATH');
    expect(other.stderr).toContain(`az is installed (${join(installed, 'az')})`);
  });

  it('keeps secrets to the owner of the home', async () => {
    await up();
    for (const file of [
      'ca/ca.key',
      'run/connection.json',
      'identity/principal.json',
      'logs/lazurite.log',
    ]) {
      expect(statSync(join(home, file)).mode & 0o077, file).toBe(0);
    }
  });

  it('starts in the background and is stopped by down', async () => {
    const detached = await lazurite(['up', '--detach', '--json', '--home', home, '--port', '0']);
    expect(detached.stderr).toBe('');
    const ready = JSON.parse(detached.stdout) as { event: string; pid: number };
    expect(ready.event).toBe('ready');
    const down = await lazurite(['down', '--home', home]);
    expect(down).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped') });
    expect(isAlive({ pid: ready.pid, started: '' })).toBe(false);
  });
});

describe('lazurite up with bad input', () => {
  let blocker: Server | undefined;
  afterEach(() => {
    blocker?.close();
  });

  it('says how to get another port when one is taken, and leaves nothing', async () => {
    const server = createServer();
    blocker = server;
    const port = await new Promise<number>((done) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        done(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const result = await lazurite(['up', '--home', home, '--port', String(port)]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(result.stderr).toContain('--port 0');
    expect(existsSync(join(home, 'run', 'owner.json'))).toBe(false);
  });

  it.each([
    ['a port that is no number', ['--port', 'x']],
    ['a port out of range', ['--port', '65536']],
    ['an unknown isolation level', ['--isolation', 'vm']],
    ['an unknown option', ['--prot', '1']],
  ])('refuses %s with exit code 2', async (_name, argv) => {
    expect((await lazurite(['up', '--home', home, ...argv])).code).toBe(2);
  });

  it('says so when the home is a file', async () => {
    writeFileSync(home, '');
    const result = await lazurite(['up', '--home', home, '--port', '0']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('--home DIR');
  });
});
