import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { main } from './main.js';

const folder = mkdtempSync(join(tmpdir(), 'doctor-from-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function doctor(content: string | Buffer, ...more: string[]) {
  const file = join(folder, 'pasted');
  writeFileSync(file, content);
  const said: string[] = [];
  const keep = (text: unknown): void => void said.push(String(text));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  const code = await main(['doctor', '--from', file, ...more]);
  return { code, said: said.join('\n') };
}

const ERROR = 'ERROR: (X) no child with platform linux/amd64 in index a.azurecr.io/b:v1';

describe('lazurite doctor --from', () => {
  it('tells cause and fix', async () => {
    const { code, said } = await doctor(ERROR);
    expect(said).toContain('likeliest cause: the index behind a.azurecr.io/b:v1 has no image for');
    expect(code).toBe(0);
  });

  it('reads UTF-16, as PowerShell writes it', async () => {
    const { said } = await doctor(Buffer.from(`\ufeff${ERROR}`, 'utf16le'));
    expect(said).toContain('lazurite lab run multi-arch-image-mismatch');
  });

  it('is JSON with --json', async () => {
    const { said } = await doctor(ERROR, '--json');
    const told = JSON.parse(said) as { matches: unknown[] };
    expect(told).toMatchObject({ observed: 1, collect: [] });
    expect(told.matches[0]).toMatchObject({ name: 'multi-arch-image-mismatch' });
  });

  it.each<[string, string, string, number]>([
    ['what it does not know', 'help!', 'no known cause fits', 1],
    ['nothing', ' \n', 'there is nothing in', 2],
    ['a program', 'ELF\0\0', 'is no text', 2],
    ['too much', ' '.repeat(32 * 1024 * 1024 + 1), 'is larger than 32 MiB', 2],
  ])('says so of %s', async (_what, content, expected, code) => {
    expect(await doctor(content)).toEqual({
      code,
      said: expect.stringContaining(expected) as string,
    });
  });

  it.each<[string, string[], string]>([
    ['a file that is not there', ['--from', '/no/such/file'], "can't read /no/such/file"],
    ['an app besides', ['ca', '--from', '-'], '--from looks at a text, not at an app'],
    ['a home besides', ['--home', 'h', '--from', '-'], '--from looks at a text, not at a home'],
  ])('refuses %s', async (_what, args, expected) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await main(['doctor', ...args])).toBe(2);
    expect(String(error.mock.calls[0])).toContain(expected);
  });
});
