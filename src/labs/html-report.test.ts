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
const LOG = ['RevisionCreation', 'PulledImage', 'ContainerStarted', 'RevisionReady']
  .map((reason) =>
    JSON.stringify({
      TimeStamp: '2026-11-21 07:00:05 +0000 UTC',
      RevisionName: 'ca--2',
      Reason: reason,
    }),
  )
  .concat(
    '{"TimeStamp": "2026-11-21 07:00:01 +0000 UTC", "RevisionName": "ca--1", "Reason": "RevisionCreation"}',
  )
  .join('\n');
const IMAGE_TYPE = 'application/vnd.oci.image.manifest.v1+json';
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
    expect(platformRows(run)).toEqual([
      { phase: 'setup', command: 'echo setup', platforms: ['linux/arm/v7'] },
    ]);
  });

  it('takes the platforms of images that a registry tells, and none of an index there', () => {
    const entry = { digest: 'sha256:0a', createdTime: '2026-11-21T07:00:00Z' };
    const image = { ...entry, mediaType: IMAGE_TYPE, os: 'linux', architecture: 'arm64' };
    const index = { ...entry, mediaType: 'application/vnd.oci.image.index.v1+json' };
    const { run } = derived({ setup: JSON.stringify([image, index]) });
    expect(platformRows(run).map(({ platforms }) => platforms)).toEqual([['linux/arm64']]);
  });
});

describe('formatHtml', () => {
  const { lab, run } = derived({ trigger: `trigger\n${ROW}`, setup: INDEX });
  const app = (targetPort: number) => ({
    name: 'ca',
    properties: { configuration: { ingress: { targetPort, fqdn: String(targetPort) } } },
  });
  const seen = { before: [app(80)], after: [app(8080), { name: 'new' }], log: LOG };
  const page = formatHtml(lab, run, seen);

  it('needs nothing from outside, and runs nothing', () => {
    expect(page).not.toMatch(/<script|https?:|@import|url\(/);
    expect(page).toContain('name="viewport"');
  });

  it('draws a lane for each phase and each revision, and escapes what it shows', () => {
    expect(page).toContain('>ca--1<title>ca--1</title></text>');
    expect(page.match(/<path class="(pass|fail)"/g)).toHaveLength(6);
    expect(page).toContain('<circle class="fail"');
    expect(page).toContain('ImagePullFailed: no &lt;such&gt; tag');
    expect(page).not.toContain('<such>');
  });

  it('lists gates and log rows in order, for who can point at nothing', () => {
    const list = /<details>.*?<\/details>/s.exec(page)?.[0] ?? '';
    const times = [...list.matchAll(/data-label="Time">(-?[\d.]+) s</g)].map((one) =>
      Number(one[1]),
    );
    expect(times).toHaveLength(6 + 6);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(list).toContain('no &lt;such&gt; tag');
  });

  it('draws the course of the experiment and of each revision, with what stopped it', () => {
    expect(page).toContain('<li class="good">revert<small>fails again: 1 of 1 gates</small></li>');
    expect(page).toContain('<li class="bad">not pulled<small>ImagePullFailed</small></li>');
    expect(page).toContain('<li class="good">ready</li>');
  });

  it('shows the settings that the fix changed, and nothing that follows from them', () => {
    expect(page).toContain(
      'ca: configuration.ingress.targetPort</td><td data-label="Before" class="bad">80</td>',
    );
    expect(page).toContain(
      'new: the app</td><td data-label="Before" class="bad">was not created</td>',
    );
    expect(page).not.toContain('fqdn');
  });

  it('does not call a setting changed that the service fills in where there was none', () => {
    const refused = { name: 'ca', properties: { configuration: { ingress: { targetPort: 80 } } } };
    const ingress = { targetPort: 80, transport: 'Auto', exposedPort: 0 };
    const taken = { name: 'ca', properties: { configuration: { ingress } } };
    const same = formatHtml(lab, run, { before: [refused], after: [taken], log: '' });
    expect(same).toContain('No setting of an app changed');
  });

  it('says so when the fix is outside of the apps, and nothing where they were not looked at', () => {
    const same = formatHtml(lab, run, { before: [app(80)], after: [app(80)], log: '' });
    expect(same).toContain('No setting of an app changed');
    expect(formatHtml(lab, run, { log: '' })).not.toContain('before and after the fix');
  });

  it('shows the platforms as a matrix', () => {
    expect(page).toContain('<th>linux/amd64</th><th>linux/arm/v7</th>');
    expect(page).toContain('<td data-label="linux/amd64" class="bad">missing</td>');
    expect(page).toContain('<td data-label="linux/arm/v7">yes</td>');
  });

  it('does not call an attestation an image', () => {
    const manifests = [{ platform: { os: 'unknown', architecture: 'unknown' } }];
    const { lab: same, run: other } = derived({ setup: JSON.stringify({ manifests }) });
    const shown = formatHtml(same, other, { log: '' });
    expect(shown).toContain('<th>linux/amd64</th><th>attestation</th>');
    expect(shown).not.toContain('<th>unknown/unknown</th>');
  });
});
