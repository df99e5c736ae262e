import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../../test/support/arm-world.js';
import { containerappWheel } from './containerapp-wheel.js';
import { storedZip } from './stored-zip.js';

let arm: ServedArm;
beforeAll(async () => {
  arm = await serveArm();
});
afterAll(() => arm.close());

interface Index {
  extensions: Record<string, { downloadUrl: string; sha256Digest: string; filename: string }[]>;
}

it('offers a wheel that has the digest it promises', async () => {
  const index = (await (await fetch(`${arm.origin}/extensions/index.json`)).json()) as Index;
  const entry = index.extensions['containerapp']![0]!;
  const wheel = Buffer.from(await (await fetch(entry.downloadUrl)).arrayBuffer());
  expect(createHash('sha256').update(wheel).digest('hex')).toBe(entry.sha256Digest);
  expect(entry.filename).toMatch(/^containerapp-[\d.]+-py2\.py3-none-any\.whl$/);
});

it('has nothing else', async () => {
  expect((await fetch(`${arm.origin}/extensions/other.whl`)).status).toBe(404);
});

it('gives the same bytes each time', () => {
  expect(containerappWheel().bytes.equals(containerappWheel().bytes)).toBe(true);
});

it('writes archives with a directory that points at the entries', () => {
  const zip = storedZip([
    { path: 'a', content: 'one' },
    { path: 'b/c', content: 'two' },
  ]);
  const end = zip.subarray(zip.length - 22);
  expect(end.readUInt32LE(0)).toBe(0x06054b50);
  expect(end.readUInt16LE(10)).toBe(2);
  const directory = zip.subarray(end.readUInt32LE(16), zip.length - 22);
  expect(directory.length).toBe(end.readUInt32LE(12));
  expect(directory.readUInt32LE(0)).toBe(0x02014b50);
  const second = directory.subarray(46 + 1);
  const at = second.readUInt32LE(42);
  expect(zip.readUInt32LE(at)).toBe(0x04034b50);
  expect(zip.subarray(at + 30, at + 30 + 6).toString()).toBe('b/ctwo');
});

const python = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!python)('writes archives that others read (needs python3)', () => {
  const script =
    'import io,sys,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), len(z.namelist()))';
  const input = containerappWheel().bytes;
  expect(execFileSync('python3', ['-c', script], { input }).toString()).toBe('None 7\n');
});
