import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordRun } from '../../test/support/lab-runs.js';
import { formatHtml } from './html-report.js';
import { readRun, type DerivedRun } from './read-run.js';
import { logEvents, platformRows } from './timeline.js';

const root = mkdtempSync(join(tmpdir(), 'lab-html-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const ROW =
  '{"TimeStamp": "2026-11-21 07:00:02.5000000 +0000 UTC", "Type": "Warning", "RevisionName": "ca--1", "Msg": "no <such> tag", "Reason": "ImagePullFailed"}';
const INDEX = JSON.stringify(
  { manifests: [{ platform: { os: 'linux', architecture: 'arm', variant: 'v7' } }] },
  null,
  2,
);

function derived(outputs: Record<string, string>): DerivedRun {
  const folder = mkdtempSync(join(root, 'run-'));
  recordRun(join(folder, 'run'), { outputs });
  return readRun(join(folder, 'run'));
}

describe('the timeline', () => {
  it('takes rows of the system log from the outputs, each once', () => {
    const { run } = derived({ trigger: `trigger\n${ROW}\n{broken\n[1]`, fix: `fix\n${ROW}` });
    expect(logEvents(run)).toEqual([
      {
        at: Date.parse('2026-11-21T07:00:02.500Z'),
        revision: 'ca--1',
        reason: 'ImagePullFailed',
        message: 'no <such> tag',
        isWarning: true,
      },
    ]);
  });

  it('takes the platforms of an index that was shown', () => {
    const { run } = derived({ setup: INDEX });
    expect(platformRows(run)).toEqual([{ command: 'echo setup', platforms: ['linux/arm/v7'] }]);
  });
});

describe('formatHtml', () => {
  const { lab, run } = derived({ trigger: `trigger\n${ROW}`, setup: INDEX });
  const page = formatHtml(lab, run);

  it('needs nothing from outside, and runs nothing', () => {
    expect(page).not.toMatch(/<script|https?:|@import|url\(/);
    expect(page).toContain('name="viewport"');
  });

  it('draws a lane for each phase and each revision, and escapes what it shows', () => {
    expect(page).toContain('>ca--1</text>');
    expect(page.match(/<rect class="(pass|fail)"/g)).toHaveLength(6);
    expect(page).toContain('<circle class="fail"');
    expect(page).toContain('ImagePullFailed: no &lt;such&gt; tag');
    expect(page).not.toContain('<such>');
  });

  it('shows the platforms as a matrix', () => {
    expect(page).toContain('<th>linux/arm/v7</th>');
  });
});
