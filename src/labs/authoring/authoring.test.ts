import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.js';
import { allLabs, findLab } from '../catalogue.js';
import { differences } from '../json-diff.js';
import { lintLab } from '../lint.js';
import { readLab } from '../read-lab.js';
import { filesOfApp } from './app-files.js';
import { captureApp, type AskAz, type CapturedApp } from './captured-app.js';
import { experimentOf, imagesOf } from './experiment-of-app.js';
import { definitionOfApp } from './lab-of-app.js';
import { copyTemplate } from './lab-of-template.js';
import { patternOf, proposeGates } from './proposed-gates.js';
import { checkLabName, writeFiles, writeLab } from './write-lab.js';

const root = mkdtempSync(join(tmpdir(), 'lab-authoring-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('a lab from a template', () => {
  it.each(allLabs())('$name: has all it needs, and nothing to lint', async (template) => {
    const folder = join(root, 'of', `my-${template.name}`.slice(0, 40));
    await writeLab(folder, (staging) => {
      copyTemplate(template, `my-${template.name}`.slice(0, 40), staging);
    });
    const lab = readLab(folder);
    expect(lintLab(lab)).toEqual([]);
    expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).not.toContain('../');
    expect(lab.environment['RG']).not.toBe(template.environment['RG']);
    expect(statSync(join(folder, 'common', 'setup.sh')).mode & 0o111).not.toBe(0);
  });
});

describe('writeLab', () => {
  it('overwrites nothing, not even an empty folder', async () => {
    const folder = join(root, 'there');
    mkdirSync(folder);
    await expect(writeLab(folder, () => undefined)).rejects.toThrow('is there already');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing when it fails half-way', async () => {
    const fail = (staging: string): void => {
      writeFiles(staging, [{ path: 'a/b', content: 'x' }]);
      throw new Error('no more');
    };
    const before = readdirSync(root);
    await expect(writeLab(join(root, 'half'), fail)).rejects.toThrow('no more');
    expect(readdirSync(root)).toEqual(before);
  });

  it.each(['', 'My-lab', '../x', '-a', 'a'.repeat(41)])('refuses the name %j', (name) => {
    expect(() => {
      checkLabName(name);
    }).toThrow('is no name for a lab');
  });
});

const template = (image: string, more: JsonObject = {}): JsonObject => ({
  containers: [{ name: 'web', image, imageType: 'ContainerImage', env: null, ...more }],
  scale: { minReplicas: 1, maxReplicas: 1 },
});

/** An app as `az` tells it. */
function answers(
  revisions: { name: string; health: string; template: JsonObject }[],
  rows: JsonObject[],
): AskAz {
  return async (...args) => {
    const [, second, third] = args;
    if (args[0] === 'acr') return [{ name: 'acrshop', loginServer: 'localhost:5001' }];
    if (second === 'logs') return rows;
    if (third === 'list') {
      return revisions.map(({ name, health, template: one }) => ({
        name,
        properties: { healthState: health, template: one },
      }));
    }
    return {
      properties: {
        latestRevisionName: revisions.at(-1)?.name ?? null,
        configuration: {
          ingress: { external: true, targetPort: 8080, transport: 'Auto', fqdn: 'x' },
          registries: [{ server: 'localhost:5001', username: 'acrshop', passwordSecretRef: 'pw' }],
          secrets: [{ name: 'pw' }, { name: 'key' }],
        },
      },
    };
  };
}

const GOOD = { name: 'shop--1', health: 'Healthy', template: template('localhost:5001/web:v1') };
const BAD = {
  name: 'shop--2',
  health: 'Unhealthy',
  template: template('localhost:5001/web:v2', { env: [{ name: 'MODE', value: 'x' }] }),
};
const row = (Reason: string, Msg: string, RevisionName = 'shop--2'): JsonObject => ({
  ...{ Reason, Msg, RevisionName },
  Type: 'Warning',
});

async function captured(rows: JsonObject[], revisions = [GOOD, BAD]): Promise<CapturedApp> {
  return await captureApp(answers(revisions, rows), { name: 'shop', resourceGroup: 'rg' });
}

describe('captureApp', () => {
  it('takes the failing revision, the last that was Healthy, and the rows of the former, each once', async () => {
    const app = await captured([row('A', 'x'), row('A', 'x'), row('B', 'y', 'shop--1')]);
    expect(app.failing.name).toBe('shop--2');
    expect(app.healthy?.name).toBe('shop--1');
    expect(app.rows).toEqual([{ reason: 'A', message: 'x', isWarning: true }]);
    expect(imagesOf(app)).toEqual(['localhost:5001/web:v2', 'localhost:5001/web:v1']);
  });

  it('refuses an app that is well, and one without a revision', async () => {
    await expect(captured([], [GOOD])).rejects.toThrow('the app shop does not fail');
    await expect(captured([], [])).rejects.toThrow('the app shop has no revision');
  });
});

describe('experimentOf', () => {
  it('varies what differs from the last revision that was Healthy', async () => {
    const { varied, isStandIn, bad, secrets } = experimentOf(await captured([]));
    expect(varied.map(({ path }) => path)).toEqual([
      'template.containers[web].image',
      'template.containers[web].env',
    ]);
    expect(JSON.stringify(bad)).toContain('"__LOGIN_SERVER__/web:v2"');
    expect(isStandIn).toBe(false);
    expect(secrets).toEqual(['key']);
  });

  it('puts the port right that nobody listens on', async () => {
    const rows = [
      row('Pending:PortMismatch', 'The TargetPort 8080 does not match the listening port 80.'),
    ];
    const { varied } = experimentOf(await captured(rows, [BAD]));
    expect(varied).toEqual([{ path: 'ingress.targetPort', before: 80, after: 8080 }]);
  });

  it('has another password refused where one was', async () => {
    const { varied } = experimentOf(await captured([row('ImagePullUnauthorized', 'x')], [BAD]));
    expect(varied.map(({ path }) => path)).toEqual(['registryPassword']);
  });

  it('compares with a stand-in where nothing was ever Healthy', async () => {
    const { good, isStandIn } = experimentOf(await captured([row('ImagePullFailed', 'x')], [BAD]));
    expect(isStandIn).toBe(true);
    expect(JSON.stringify(good)).toContain('__LOGIN_SERVER__/stand-in:v1');
    expect(good.ingress['targetPort']).toBe(8000);
  });
});

describe('proposed gates', () => {
  it('are warnings and refusals, one a reason, without names and times', async () => {
    const app = await captured([
      { ...row('PullingImage', 'x'), Type: 'Normal' },
      row('ImagePullFailed', "can't pull localhost:5001/web:v2 (1.5s) for shop--2 of 10.0.0.1"),
      row('ImagePullFailed', 'again'),
      row('BackOff', 'y'),
    ]);
    const gates = proposeGates(app, 'broken');
    expect(gates.map(({ id }) => id)).toEqual(['imagepullfailed-broken']);
    const pattern = patternOf(app.rows[1]?.message ?? '', app);
    expect(pattern).toBe("can't pull .*\\/web:v2 \\(.*\\) for .* of .*");
    expect(new RegExp(pattern).test("can't pull a.azurecr.io/web:v2 (20ms) for b of 1.1.1.1")).toBe(
      true,
    );
  });
});

describe('a lab from an app', () => {
  it('is valid and has nothing to lint', async () => {
    const app = await captured([row('ContainerTerminated', "exit code '3'"), row('BackOff', 'x')]);
    const experiment = experimentOf(app);
    const folder = join(root, 'incident');
    await writeLab(folder, (staging) => {
      const diagnosis = { cause: 'It ends.', fix: 'az containerapp logs show' };
      writeFiles(staging, [
        ...filesOfApp(experiment, [{ name: 'web:v2', layoutTag: 'image-1' }]),
        { path: 'lab.yaml', content: definitionOfApp('incident', app, experiment, diagnosis) },
      ]);
    });
    expect(lintLab(findLab(folder))).toEqual([]);
  });
});

describe('differences', () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ['null and absence', { a: null }, {}, []],
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    ['what is new', {}, { a: 1 }, ['a']],
    [
      'named items in another order',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'y' }, { name: 'x' }] },
      [],
    ],
    [
      'an item',
      { a: [{ name: 'x', v: 1 }] },
      { a: [{ name: 'x', v: 2 }, { name: 'z' }] },
      ['a[x].v', 'a[z]'],
    ],
    ['another type', { a: [1] }, { a: 'x' }, ['a']],
  ])('of %s', (_what, before, after, paths) => {
    expect(differences(before, after).map(({ path }) => path)).toEqual(paths);
  });
});
