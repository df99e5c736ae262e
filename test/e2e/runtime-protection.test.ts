import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createEmbeddedRuntime,
  describeIsolation,
} from '../../src/runtime/embedded/embedded-runtime.js';
import { removeTree } from '../../src/storage/remove-tree.js';
import { ACCOUNTS, helloProgram, imageOf } from '../conformance/container-runtime-images.js';

const levels = process.platform === 'linux' ? await describeIsolation() : [];
/** What Docker leaves a container's root. */
const DEFAULT_CAPABILITIES = 0xa80425fbn;
const MKNOD = 1n << 27n;
const SYS_CHROOT = 1n << 18n;
const SETUID = 1n << 7n;
/** Whether a plain process of ours may become another user. */
const maySwitch =
  process.geteuid?.() === 0 &&
  (capabilityIn(readFileSync('/proc/self/status', 'utf8'), 'CapEff') & SETUID) !== 0n;

function fieldIn(status: string, name: string): string {
  return new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
}

function capabilityIn(status: string, name: string): bigint {
  return BigInt(`0x${fieldIn(status, name)}`);
}

describe.each(levels.filter(({ works }) => works))('a container at level $level', ({ level }) => {
  it.each(['', 'app'])('as user %j has only the privileges it needs', async (user) => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'lazurite-protection-'));
    const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
    const image = await runtime.unpack(
      await imageOf([...ACCOUNTS, { name: 'hello', content: helloProgram() }]),
    );
    const sandbox = await runtime.createSandbox({ id: 'protected', hostname: 'protected' });
    const container = await sandbox.run({
      name: 'app',
      rootfs: { image },
      argv: ['/hello'],
      env: [`PORT=${15_000 + (process.pid % 5_000)}`],
      workingDir: '/',
      user,
    });
    const status = readFileSync(`/proc/${container.pid}/status`, 'utf8');
    await runtime.close();
    await removeTree(stateDirectory);

    const field = (name: string): string => fieldIn(status, name);
    const capabilities = (name: string): bigint => capabilityIn(status, name);
    expect(field('NoNewPrivs')).toBe('1');
    expect(field('Seccomp')).toBe('2');
    expect(capabilities('CapEff') & ~DEFAULT_CAPABILITIES).toBe(0n);
    expect(capabilities('CapInh') | capabilities('CapAmb')).toBe(0n);
    if (user === 'app') expect(capabilities('CapEff') | capabilities('CapPrm')).toBe(0n);
    if (level !== 'oci') expect(capabilities('CapEff') & MKNOD).toBe(0n);
    if (level === 'chroot') expect(capabilities('CapEff') & SYS_CHROOT).toBe(0n);
    if (user === 'app' && maySwitch) expect(field('Uid')).toBe('1000');
  });
});
