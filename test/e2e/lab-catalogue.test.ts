import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allLabs, LABS_FOLDER } from '../../src/labs/catalogue.js';
import { MUTATIONS, type Admission } from '../../src/labs/definition.js';
import type { RunResult } from '../../src/labs/run-result.js';
import { matchSignature } from '../../src/labs/signature.js';
import { underAdmission } from '../../src/labs/under-admission.js';
import { knownCauses } from '../../src/labs/causes/known-causes.js';
import { matchCauses } from '../../src/labs/causes/match-causes.js';
import { lazurite } from '../support/lazurite-command.js';
import { leftovers } from '../support/leftovers.js';
import { findStockAz } from '../support/stock-az.js';

const STOCK_AZ = findStockAz();
const LABS = allLabs();
const CAUSES = knownCauses(LABS, LABS_FOLDER);

/** Labs wait more than they work: several run at a time, each with a Lazurite and folders of its own. */
const TIMEOUT = 600_000;

interface Outcome {
  code: number | null;
  said: string;
  report: string;
  /** What the commands printed that show the failure. */
  evidence: string;
}

/** Runs a lab; what it makes outside its output folder must be gone afterwards. */
async function run(lab: string, ...args: string[]): Promise<Outcome> {
  const temporary = mkdtempSync(join(tmpdir(), 'lazurite-catalogue-test-'));
  const output = mkdtempSync(join(tmpdir(), 'lazurite-catalogue-output-'));
  try {
    const path = `${dirname(STOCK_AZ ?? '')}${delimiter}${process.env['PATH'] ?? ''}`;
    const { code, stdout, stderr } = await lazurite(
      ['lab', 'run', lab, '--output', output, ...args],
      { env: { TMPDIR: temporary, PATH: path } },
    );
    expect(leftovers(temporary), stdout + stderr).toEqual([]);
    const report = readFileSync(join(output, 'report.md'), 'utf8');
    return { code, said: stdout + stderr, report, evidence: evidenceIn(output) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(output, { recursive: true, force: true });
  }
}

function evidenceIn(output: string): string {
  const result = JSON.parse(readFileSync(join(output, 'result.json'), 'utf8')) as RunResult;
  return result.steps
    .filter(({ phase }) => phase === 'trigger' || phase === 'observe')
    .map(({ outcome }) => outcome.stdout)
    .join('\n');
}

/** The labs whose failure the evidence of a run under this setting shows. */
function recognised(evidence: string, admission: Admission): string[] {
  return LABS.filter(
    (lab) =>
      lab.admission.includes(admission) &&
      matchSignature(underAdmission(lab, admission), evidence).every(({ passed }) => passed),
  ).map(({ name }) => name);
}

/** The numbered headings of a report. */
const sections = (report: string): string[] =>
  [...report.matchAll(/^## (\d+\. .+)$/gm)].map((match) => match[1] ?? '');

describe.concurrent.each(LABS)('lab $name', { timeout: TIMEOUT }, (lab) => {
  it('says how its trigger and its fix are broken', () => {
    expect(Object.keys(lab.mutations)).toEqual([...MUTATIONS]);
  });

  it.each(lab.admission)('supports its hypothesis with image admission %s', async (admission) => {
    const { code, said, report, evidence } = await run(lab.name, '--image-admission', admission);
    expect(said).toContain('SUPPORTED');
    expect(code).toBe(0);
    expect(report).not.toMatch(/\| (Fail|Not run) \||\[not shown\]|not so:/);
    expect(sections(report)).toHaveLength(16);
    expect(recognised(evidence, admission)).toEqual([lab.name]);
    expect(matchCauses(evidence, CAUSES)[0]?.name, evidence).toBe(lab.name);
  });

  it.each(MUTATIONS)('is falsified when its %s is broken', async (mutation) => {
    const { code, said } = await run(lab.name, '--mutate', mutation);
    const phases = mutation === 'trigger' ? '(trigger|observe)' : '(fix|verify)';
    expect(said).toMatch(new RegExp(`FALSIFIED in .*: in phase ${phases}`));
    expect(code).toBe(2);
  });

  it.skipIf(STOCK_AZ === undefined && !process.env['LAZURITE_REQUIRE_CLIENTS'])(
    'supports its hypothesis with the stock az',
    async () => {
      const { code, said } = await run(lab.name, '--az', 'stock');
      expect(said).toContain('SUPPORTED');
      expect(code).toBe(0);
    },
  );
});
