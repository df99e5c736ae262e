import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startVictim } from './victim.js';

describe('two servers on one folder', () => {
  it('are one too many, until the first is gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'two-'));
    const first = await startVictim(directory);
    await expect(startVictim(directory)).rejects.toThrow('the data folder is in use by process');
    expect((await fetch(`${first.url}/v2/`)).status).toBe(200);
    await first.kill();
    const second = await startVictim(directory);
    expect((await fetch(`${second.url}/v2/`)).status).toBe(200);
    await second.kill();
    rmSync(directory, { recursive: true });
  }, 60_000);
});
