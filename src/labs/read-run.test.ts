import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordRun } from '../../test/support/lab-runs.js';
import { Failure } from '../base/failure.js';
import { digestHex, digestOf } from '../oci/digest.js';
import { readRun } from './read-run.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lab-read-run-'));
  folder = join(root, 'run');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** What a careful forger does: writes the digest of the edited file into the list. */
function recordDigest(file: string): void {
  const hex = digestHex(digestOf(readFileSync(join(folder, file))));
  edit('SHA256SUMS', (sums) => sums.replace(new RegExp(`^.{64}(?=  ${file}$)`, 'm'), hex));
}

describe('readRun', () => {
  it.each<[string, Parameters<typeof recordRun>[1], string, string]>([
    ['every gate passed', {}, 'supported', 'the control was healthy, the trigger alone'],
    [
      'the failure did not return',
      { outputs: { falsify: 'Healthy' }, steps: 6 },
      'falsified',
      'in phase falsify, "we" was not seen: Healthy',
    ],
    ['the control failed', { outputs: { control: 'x' }, steps: 2 }, 'invalid', '"oe" was not seen'],
    ['it was cut short', { steps: 4 }, 'invalid', 'the run ended before its last phase'],
    [
      'it was stopped on purpose',
      { steps: 3, facts: { until: 'trigger' } },
      'open',
      'it was stopped after phase trigger, as asked',
    ],
    [
      'Lazurite died',
      { steps: 3, facts: { fault: 'Lazurite stopped answering: x' } },
      'invalid',
      'Lazurite stopped answering: x',
    ],
  ])('judges by the evidence: %s', (_name, options, verdict, reason) => {
    recordRun(folder, options);
    const { run } = readRun(folder);
    expect(run.verdict).toBe(verdict);
    expect(run.reason).toContain(reason);
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(run)),
    );
  });

  it.each<[string, () => void, string]>([
    [
      'an edited output',
      () => {
        edit('evidence/03-trigger-t.json', (text) => text.replace('trigger\\n', 'other\\n'));
      },
      'evidence/03-trigger-t.json was changed',
    ],
    [
      'an edited gate',
      () => {
        edit('lab.yaml', (text) => text.replace('contains: trigger', 'contains: t'));
      },
      'lab.yaml was changed',
    ],
    [
      'an edited verdict',
      () => {
        edit('result.json', (text) => text.replace('supported', 'falsified'));
      },
      'result.json was changed',
    ],
    [
      'an edited report',
      () => {
        edit('report.md', (text) => `${text}\nAnd more.`);
      },
      'report.md was changed',
    ],
    [
      'a file that is gone',
      () => {
        rmSync(join(folder, 'evidence/07-reapply-r.json'));
      },
      'evidence/07-reapply-r.json is missing',
    ],
    [
      'a file that was added',
      () => {
        writeFileSync(join(folder, 'evidence/09-cleanup-d.json'), '{}');
      },
      'evidence/09-cleanup-d.json was added',
    ],
    [
      'a step taken out, from the list of digests too',
      () => {
        rmSync(join(folder, 'evidence/04-fix-f.json'));
        edit('SHA256SUMS', (text) => text.replace(/^.*fix-f\.json\n/m, ''));
      },
      'evidence/05-verify-v.json is not of the step that is next in the lab',
    ],
    [
      'evidence that is no JSON, with its digest',
      () => {
        edit('evidence/04-fix-f.json', () => 'no');
        recordDigest('evidence/04-fix-f.json');
      },
      'evidence/04-fix-f.json: ',
    ],
  ])('tells %s', (_name, change, why) => {
    recordRun(folder);
    change();
    expect(() => readRun(folder)).toThrow(Failure);
    try {
      readRun(folder);
    } catch (error) {
      expect((error as Failure).message).toContain('is not as the run left it');
      expect((error as Failure).why).toContain(why);
    }
  });

  it('does not believe a verdict that the outputs do not bear out', () => {
    recordRun(folder);
    edit('evidence/03-trigger-t.json', (text) => text.replace('trigger\\n', 'Healthy\\n'));
    recordDigest('evidence/03-trigger-t.json');
    expect(readRun(folder).run).toMatchObject({
      verdict: 'falsified',
      reason: 'in phase trigger, "te" was not seen: Healthy',
    });
  });

  it('does not mix two runs in one folder', () => {
    recordRun(folder);
    expect(() => {
      recordRun(folder);
    }).toThrow(`there is a run in ${folder} already`);
  });

  it('says that a folder holds no run', () => {
    expect(() => readRun(root)).toThrow(`there is no run in ${root}`);
  });
});
