import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTargets } from './check.js';
import type { CheckReport } from './report/check-report.js';
import { readTargetFile } from './targets/read-file.js';
import { defaultReadOptions } from './targets/read-options.js';
import { readTarget } from './targets/read-target.js';
import { SampleRegistry } from './testing/sample-registry.js';

let registry: SampleRegistry;
beforeEach(async () => void (registry = await SampleRegistry.start()));
afterEach(() => registry.close());

const OPTIONS = defaultReadOptions(() => undefined);

/** Checks one text against the registry. */
async function checkText(path: string, text: string): Promise<CheckReport> {
  const { kinds, ...contents } = await readTargetFile({ path, text }, OPTIONS);
  return checkTargets([{ name: path, kinds, files: 1, contents }], registry.inspector());
}

const codes = ({ findings }: CheckReport): string[] =>
  findings.map(({ code }) => code).filter((code) => code !== 'LZ1301');

describe('what a pipeline builds and uses', () => {
  const workflow = (build: string, deploy: string): string =>
    `on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${build}\n      - run: ${deploy}\n`;

  it('is not looked for in the registry', async () => {
    const build = 'docker buildx build -t r.test/a/app:new --push .';
    const report = await checkText(
      'ci.yml',
      workflow(build, 'az containerapp update --image r.test/a/app:new'),
    );
    expect(codes(report)).toEqual([]);
    expect(report.images).toEqual([]);
  });

  it('is judged by what it is built for', async () => {
    const build = 'docker buildx build -t r.test/a/app:$SHA --platform linux/arm64 --push .';
    const report = await checkText(
      'ci.yml',
      workflow(build, 'az containerapp update --image r.test/a/app:$SHA'),
    );
    expect(codes(report)).toEqual(['LZ1401']);
    expect(report.findings[0]).toMatchObject({
      message: 'r.test/a/app:$SHA is built for linux/arm64, but is needed for linux/amd64.',
      fix: 'build with --platform linux/arm64,linux/amd64',
      positions: [{ line: 7 }, { line: 6 }],
    });
  });

  it('does not take the place of an index', async () => {
    registry.index('a/app:latest', ['linux/amd64', 'linux/arm64']);
    const report = await checkText(
      'ci.yml',
      workflow('docker build -t r.test/a/app:latest .', 'docker push r.test/a/app:latest'),
    );
    expect(codes(report)).toEqual(['LZ1402']);
  });
});

describe('what can’t be told', () => {
  it('is a warning and counts as not checked', async () => {
    const report = await checkText('c.yaml', 'services: { a: { image: "r.test/a:${TAG}" } }');
    expect(codes(report)).toEqual(['LZ1501', 'LZ1505']);
    expect(report.notChecked).toEqual(['r.test/a:${TAG}']);
    expect(registry.memory.requests).toEqual([]);
  });
});

describe('one image in many places', () => {
  it('is asked for once, for every platform that any place needs', async () => {
    registry.index('a/app:v1', ['linux/amd64', 'linux/arm64']);
    const pod = (name: string, arch: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeSelector: {kubernetes.io/arch: ${arch}}, containers: [{name: c, image: "r.test/a/app:v1"}]}\n`;
    const report = await checkText(
      'k.yaml',
      [pod('a', 'amd64'), pod('b', 'arm64'), pod('c', 'amd64')].join('---\n'),
    );
    expect(codes(report)).toEqual([]);
    expect(report.images).toHaveLength(1);
    expect(report.images[0]?.uses.map(({ platforms }) => platforms[0]?.platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
      'linux/amd64',
    ]);
    const roots = registry.memory.requests.filter((path) => path.endsWith('/manifests/v1'));
    expect(roots).toHaveLength(1);
  });

  it('a chart of 50 images takes few requests, some at a time', async () => {
    const images = Array.from({ length: 50 }, (_, index) => `a/app${index}:v1`);
    for (const image of images) registry.index(image, ['linux/amd64', 'linux/arm64']);
    const containers = images.map((image, index) => `{name: c${index}, image: "r.test/${image}"}`);
    let open = 0;
    let most = 0;
    const answer = registry.memory.intercept;
    registry.memory.intercept = (request, response) => {
      most = Math.max(most, ++open);
      response.on('close', () => open--);
      return answer?.(request, response) ?? false;
    };
    const report = await checkText(
      'k.yaml',
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [${containers.join(', ')}]}\n`,
    );
    expect(report.images).toHaveLength(50);
    expect(codes(report)).toEqual([]);
    // index, child, config and tags of each image
    expect(registry.memory.requests).toHaveLength(200);
    expect(most).toBeLessThanOrEqual(16);
  });
});

describe('folders', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'lazurite-check-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  };

  it('are walked for files of known kinds', async () => {
    await put(
      'k8s/pod.yaml',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c, image: "r.test/a:v1"}]}\n',
    );
    await put('web/Dockerfile', 'FROM r.test/b:v1\n');
    await put('.github/workflows/ci.yml', 'on: push\njobs: {j: {container: "r.test/c:v1"}}\n');
    await put(
      'node_modules/x/pod.yaml',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "r.test/no:v1"}]}\n',
    );
    await put('.hidden/Dockerfile', 'FROM r.test/no:v1\n');
    await put('values.yaml', 'image: { repository: no }\n');
    await put('package.json', '{ "name": "no" }');
    await put('chart/templates/web.yaml', 'kind: Pod\nimage: {{ .Values.image }}\n');
    await put('chart/templates/api.yaml', 'kind: Pod\nimage: {{ .Values.image }}\n');
    const target = await readTarget(folder, OPTIONS);
    expect(target.contents.uses.map(({ image }) => image.text).sort()).toEqual([
      'r.test/a:v1',
      'r.test/b:v1',
      'r.test/c:v1',
    ]);
    expect(target.contents.findings.map(({ code }) => code)).toEqual(['LZ1506']);
    expect(target.kinds.sort()).toEqual(['dockerfile', 'github-workflow', 'kubernetes']);
  });

  it('judge modules with the values that they are given', async () => {
    await put(
      'main.bicep',
      "module app 'modules/app.bicep' = { name: 'app', params: { image: 'r.test/a:v1' } }\n",
    );
    await put(
      'modules/app.bicep',
      "param image string\nresource a 'Microsoft.App/containerApps@2024-03-01' = { name: 'a', location: 'x', properties: { template: { containers: [{ name: 'a', image: image }] } } }\n",
    );
    const { readFileSync } = await import('node:fs');
    const read = (path: string): string | undefined => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    };
    const target = await readTarget(folder, defaultReadOptions(read));
    expect(target.contents.findings).toEqual([]);
    expect(target.contents.uses.map(({ image }) => image.text)).toEqual(['r.test/a:v1']);
  });
});

describe('targets that are none', () => {
  it.each([
    ['./nothing.yaml', /neither a file nor an image reference/],
    ['Not A Reference', /neither a file nor an image reference/],
  ])('%s', async (name, message) => {
    await expect(readTarget(name, OPTIONS)).rejects.toThrow(message);
  });
});
