import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leftovers } from '../support/leftovers.js';
import {
  PipelineAgent,
  readAzureTemplate,
  readCompositeAction,
  readWorkflowScripts,
} from '../support/pipeline.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const ACTION = readCompositeAction(join(EXAMPLES, 'github-action', 'action.yml'));
const AFTER_ACTION = readWorkflowScripts(join(EXAMPLES, 'github-action', 'workflow.yml'));
const TEMPLATE = readAzureTemplate(join(EXAMPLES, 'azure-pipelines', 'lazurite.yml'));

/** What `npm publish` would publish. */
let packed: string;
/** A checkout of nothing but the example app. */
let checkout: string;

beforeAll(() => {
  packed = mkdtempSync(join(tmpdir(), 'lazurite-packed-'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', packed], {
    cwd: ROOT,
    stdio: 'ignore',
  });
});

afterAll(() => {
  rmSync(packed, { recursive: true, force: true });
});

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'lazurite-example-'));
  cpSync(join(EXAMPLES, 'app'), join(checkout, 'examples', 'app'), { recursive: true });
});

afterEach(() => {
  rmSync(checkout, { recursive: true, force: true });
});

function inputs(defaults: Record<string, string>, changes: Record<string, string> = {}) {
  return {
    ...defaults,
    lazurite: join(packed, readdirSync(packed)[0] ?? ''),
    context: 'examples/app',
    template: 'examples/app/infra/main.bicep',
    image: 'app:1',
    ...changes,
  };
}

/** Processes and mounts that outlive a pipeline. */
function survivors(): string[] {
  return leftovers(checkout).filter((what) => !what.startsWith('file: '));
}

describe.each([
  { name: 'the GitHub action', pipeline: ACTION, after: AFTER_ACTION },
  { name: 'the Azure Pipelines template', pipeline: TEMPLATE, after: [] },
])('$name', ({ pipeline, after }) => {
  it('starts, builds for every platform, deploys and tests, and leaves nothing running', async () => {
    const agent = new PipelineAgent(checkout, inputs(pipeline.defaults));
    await agent.run([...pipeline.steps, ...after]);
    for (const { name, code, output } of agent.outcomes) expect(code, `${name}\n${output}`).toBe(0);
    const said = (name: string) => agent.outcomes.find((one) => one.name === name)?.output;
    expect(said('Test')).toContain('"message":"Hello from Lazurite"');
    expect(said('Build for every platform')).toMatch(/linux\/arm64/);
    expect(said('Check what will be deployed')).toContain('1 image checked: 0 errors');
    expect(agent.outcomes.map(({ name }) => name)).not.toContain('Say why the app fails');
    expect(survivors()).toEqual([]);
  });

  it('fails where the image lacks the platform, says why, and leaves nothing running', async () => {
    const agent = new PipelineAgent(
      checkout,
      inputs(pipeline.defaults, { platforms: 'linux/arm64' }),
    );
    await agent.run([...pipeline.steps, ...after]);
    const failed = agent.outcomes.filter(({ code }) => code !== 0).map(({ name }) => name);
    expect(failed[0]).toBe('Check what will be deployed');
    const check = agent.outcomes.find(({ name }) => name === failed[0]);
    expect(check?.output).toContain('linux/amd64');
    expect(agent.outcomes.map(({ name }) => name)).not.toContain('Deploy');
    expect(survivors()).toEqual([]);
  });
});
