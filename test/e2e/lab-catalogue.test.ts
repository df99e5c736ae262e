import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allLabs } from '../../src/labs/catalogue.js';
import { MUTATIONS } from '../../src/labs/definition.js';
import { lazurite } from '../support/lazurite-command.js';
import { leftovers } from '../support/leftovers.js';
import { findStockAz } from '../support/stock-az.js';

const STOCK_AZ = findStockAz();
const LABS = allLabs();

/** Everything a run makes outside its output folder goes below `temporary`. */
let temporary: string;
let output: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'lazurite-catalogue-test-'));
  output = mkdtempSync(join(tmpdir(), 'lazurite-catalogue-output-'));
});

afterEach(() => {
  rmSync(temporary, { recursive: true, force: true });
  rmSync(output, { recursive: true, force: true });
});

async function run(lab: string, ...args: string[]) {
  const path = `${dirname(STOCK_AZ ?? '')}${delimiter}${process.env['PATH'] ?? ''}`;
  const { code, stdout, stderr } = await lazurite(
    ['lab', 'run', lab, '--output', output, ...args],
    { env: { TMPDIR: temporary, PATH: path } },
  );
  expect(leftovers(temporary), stdout + stderr).toEqual([]);
  return { code, said: stdout + stderr };
}

function report(): string {
  return readFileSync(join(output, 'report.md'), 'utf8');
}

/** The numbered headings of a report. */
function sections(): string[] {
  return [...report().matchAll(/^## (\d+\. .+)$/gm)].map((match) => match[1] ?? '');
}

describe.each(LABS)('lab $name', (lab) => {
  it.each(lab.admission)('supports its hypothesis with image admission %s', async (admission) => {
    const { code, said } = await run(lab.name, '--image-admission', admission);
    expect(said).toContain('SUPPORTED');
    expect(code).toBe(0);
    expect(report()).not.toMatch(/\| (Fail|Not run) \||\[not shown\]|not so:/);
    expect(sections()).toHaveLength(16);
  });

  it.each(MUTATIONS.filter((mutation) => lab.mutations[mutation]))(
    'is falsified when its %s is broken',
    async (mutation) => {
      const { code, said } = await run(lab.name, '--mutate', mutation);
      const phases = mutation === 'trigger' ? '(trigger|observe)' : '(fix|verify)';
      expect(said).toMatch(new RegExp(`FALSIFIED in .*: in phase ${phases}`));
      expect(code).toBe(2);
    },
  );

  it.skipIf(STOCK_AZ === undefined && !process.env['LAZURITE_REQUIRE_CLIENTS'])(
    'supports its hypothesis with the stock az',
    async () => {
      const { code, said } = await run(lab.name, '--az', 'stock');
      expect(said).toContain('SUPPORTED');
      expect(code).toBe(0);
    },
  );
});
