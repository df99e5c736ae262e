import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Far below the context, and twice what either end takes in practice. */
const MAX_MEMORY_KIB = 320 * 1024;
/** Has a client say at its end how much memory it held at most. */
const TELL_MEMORY = `--import data:text/javascript,${encodeURIComponent(
  'process.on("exit",()=>process.stderr.write(`maxrss=${process.resourceUsage().maxRSS}\\n`))',
)}`;

describe('the upload of a context of 2 GiB', () => {
  let directory: string;
  let server: RunningServer;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lzu-'));
    server = await startServer(join(directory, 'home'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('arrives whole, and neither end holds it in memory', async () => {
    const context = mkdtempSync(join(directory, 'context-'));
    const noise = randomBytes(20 * MIB + 1); // more than one block of the upload
    writeFileSync(join(context, 'noise'), noise);
    writeFileSync(join(context, 'zeros'), '');
    truncateSync(join(context, 'zeros'), 2 * GIB);
    const az = (...argv: string[]) =>
      lazurite(['az', ...argv], {
        env: { LAZURITE_HOME: server.home, NODE_OPTIONS: TELL_MEMORY },
      });
    await az('group', 'create', '-n', 'rg', '-l', 'westus');
    await az('acr', 'create', '-g', 'rg', '-n', 'uploads', '--sku', 'Basic');
    const command = `bash -c 'sha256sum noise; stat -c "%s bytes" zeros'`;
    const run = await az('acr', 'run', '-r', 'uploads', '--cmd', command, context);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain(createHash('sha256').update(noise).digest('hex'));
    expect(run.stdout).toContain(`${2 * GIB} bytes`);
    expect(Number(/maxrss=(\d+)/.exec(run.stderr)?.[1])).toBeLessThan(MAX_MEMORY_KIB);
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(MAX_MEMORY_KIB);
  });
});
