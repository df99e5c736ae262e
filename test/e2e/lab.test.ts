import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lazurite, startServer } from '../support/lazurite-command.js';
import { leftovers, runtimeCgroups } from '../support/leftovers.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = join(ROOT, 'bin', 'lazurite.cjs');
const LABS = join(ROOT, 'labs');
const RUNS = Number(process.env['LAZURITE_LAB_RUNS'] ?? 20);

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Everything a run makes outside its output folder goes below `temporary`. */
let temporary: string;
let output: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'lazurite-lab-test-'));
  output = mkdtempSync(join(tmpdir(), 'lazurite-lab-output-'));
});

afterEach(() => {
  rmSync(temporary, { recursive: true, force: true });
  rmSync(output, { recursive: true, force: true });
});

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [ENTRY, 'lab', ...args], {
    env: { ...process.env, ...environment, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (outcome.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (outcome.stderr += chunk.toString('utf8')));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      resolve({ ...outcome, code });
    });
  });
  return { child, outcome, ended };
}

async function run(args: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  return await start(args, environment).ended;
}

function runFolder(): string {
  return join(output, 'run');
}

function result(): { verdict: string; reason: string; steps: { evidence: string }[] } {
  return JSON.parse(readFileSync(join(runFolder(), 'result.json'), 'utf8')) as ReturnType<
    typeof result
  >;
}

/** A copy of a lab whose definition is changed, with the scripts that labs share. */
function changedLab(change: (definition: string) => string, name = 'acr-pull-failure'): string {
  const folder = join(output, 'lab');
  cpSync(join(LABS, name), folder, { recursive: true });
  cpSync(join(LABS, 'common'), join(output, 'common'), { recursive: true });
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return folder;
}

describe('lab run acr-pull-failure', () => {
  it('supports the hypothesis, reports it with evidence, and leaves nothing', async () => {
    const { code, stdout, stderr } = await run([
      'run',
      'acr-pull-failure',
      '--output',
      runFolder(),
    ]);
    expect(stderr).toBe('');
    expect(stdout).toContain('SUPPORTED');
    expect(code).toBe(0);
    const report = readFileSync(join(runFolder(), 'report.md'), 'utf8');
    expect(report).not.toMatch(/\| (Fail|Not run) \|/);
    expect(report.match(/\| Pass \|/g)).toHaveLength(14);
    for (const step of result().steps) {
      expect(existsSync(join(runFolder(), step.evidence)), step.evidence).toBe(true);
    }
    expect(leftovers(temporary)).toEqual([]);
  });

  it('falsifies the hypothesis when the registry is made to have the tag', async () => {
    const lab = changedLab((definition) =>
      definition.replace(
        'verify:\n',
        `  - id: publish-the-missing-tag
    title: Publish the tag that must not exist
    run: az acr build --registry "$ACR_NAME" --image labacr:does-not-exist ./workload
verify:
`,
      ),
    );
    const { code, stdout } = await run(['run', lab, '--output', runFolder()]);
    expect(stdout).toContain('FALSIFIED');
    expect(code).toBe(2);
    expect(result()).toMatchObject({ verdict: 'falsified' });
    expect(result().reason).toMatch(/^in phase falsify/);
    expect(leftovers(temporary)).toEqual([]);
  });

  it('calls a run invalid when a precondition is not met', async () => {
    const lab = changedLab((definition) =>
      definition.replace('baseName=labacr', 'baseName=labacr nothing=here'),
    );
    const { code, stdout } = await run(['run', lab, '--output', runFolder()]);
    expect(stdout).toContain("unrecognized template parameter 'nothing'");
    expect(code).toBe(1);
    expect(result().verdict).toBe('invalid');
    expect(leftovers(temporary)).toEqual([]);
  });

  it('names line, column and code of a Bicep error, and leaves nothing', async () => {
    const lab = changedLab((definition) => definition);
    const template = join(lab, 'infra', 'main.bicep');
    writeFileSync(template, `${readFileSync(template, 'utf8')}\noutput wrong string = nobody\n`);
    const { code, stdout } = await run(['run', lab, '--output', runFolder()]);
    expect(stdout).toMatch(/main\.bicep\(\d+,\d+\) : Error BCP057/);
    expect(code).toBe(1);
    expect(leftovers(temporary)).toEqual([]);
  });

  it.each([
    'start a Lazurite',
    'Deploy the lab',
    'Wait until the pull',
    'Check the recovery',
    'Revert only the image',
    'Delete the resource group',
  ])('ends everything on Ctrl-C during "%s"', async (moment) => {
    const { child, outcome, ended } = start(['run', 'acr-pull-failure', '--output', runFolder()]);
    child.stdout.on('data', () => {
      if (outcome.stdout.includes(moment)) child.kill('SIGINT');
    });
    const { code, stderr } = await ended;
    expect(stderr).toContain('interrupted');
    expect(code).toBe(1);
    expect(leftovers(temporary)).toEqual([]);
  });

  it('takes its Lazurite and the containers along when it is killed; the next run clears the rest', async () => {
    const running = (): string[] => leftovers(temporary).filter((one) => !one.startsWith('file:'));
    const { child, outcome, ended } = start(['run', 'acr-pull-failure', '--output', runFolder()]);
    let before: string[] = [];
    child.stdout.on('data', () => {
      if (before.length > 0 || !outcome.stdout.includes('Wait until the pull')) return;
      before = running();
      child.kill('SIGKILL');
    });
    await ended;
    expect(before.join('\n')).toContain(' up --home ');
    // a script waits no longer than its WAIT_SECONDS
    const isScript = (one: string): boolean => /trigger\.sh|: sleep /.test(one);
    const served = (): string[] => running().filter((one) => !isScript(one));
    await expect.poll(served, { timeout: 30_000 }).toEqual([]);
    const args = ['run', 'acr-pull-failure', '--until', 'require', '--output'];
    const next = await run([...args, join(output, 'next')]);
    expect(next.stdout).toMatch(/removed \S+, which a run that was killed had left/);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('with --use-running refuses a group that is there already, and leaves it alone', async () => {
    const home = join(temporary, 'home');
    const server = await startServer(home);
    const az = async (...argv: string[]) =>
      await lazurite(['az', ...argv], { env: { LAZURITE_HOME: home } });
    try {
      await az('group', 'create', '-n', 'rg-aca-lab-acr', '-l', 'koreacentral');
      const args = ['run', 'acr-pull-failure', '--use-running', '--output', runFolder()];
      const { code, stdout } = await run(args, { LAZURITE_HOME: home });
      expect(stdout).toContain("no resource group has the lab's name");
      expect(code).toBe(1);
      expect((await az('group', 'exists', '-n', 'rg-aca-lab-acr')).stdout).toBe('true\n');
      const kept = await run([...args.slice(0, -1), join(output, 'kept'), '--keep'], {
        LAZURITE_HOME: home,
      });
      expect(kept.stdout, 'nothing of its own is there to end').not.toContain('kept: ');
      const free = await run([...args.slice(0, -1), join(output, 'free')], {
        LAZURITE_HOME: home,
        RG: 'rg-of-my-own',
      });
      expect(free.stdout).toContain('SUPPORTED');
      expect(free.code).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('ends a script that hangs, with all it started', async () => {
    const lab = changedLab((definition) =>
      definition.replace(
        'run: ./trigger.sh\n    timeout: 120',
        'run: sleep 3600 & sleep 3600\n    timeout: 1',
      ),
    );
    const { code, stdout } = await run(['run', lab, '--output', runFolder()]);
    expect(stdout).toContain('took longer than its time limit');
    expect(code).toBe(1);
    expect(result().verdict).toBe('invalid');
    expect(leftovers(temporary)).toEqual([]);
  });

  it.each(['process', 'chroot'])('passes at isolation level %s', async (level) => {
    const args = ['run', 'acr-pull-failure', '--isolation', level, '--output', runFolder()];
    const { code, stdout } = await run(args);
    expect(stdout).toContain('SUPPORTED');
    expect(code).toBe(0);
    expect(leftovers(temporary)).toEqual([]);
  });

  it('calls a run invalid, not falsified, where two apps of the lab would share a port', async () => {
    const lab = changedLab(
      (definition) => definition.replace("WAIT_SECONDS: '60'", "WAIT_SECONDS: '5'"),
      'crash-loop',
    );
    const args = ['run', lab, '--isolation', 'process', '--output', runFolder()];
    const { code, stdout } = await run(args);
    expect(stdout).toContain('INVALID');
    expect(result().reason).toContain('run it with --isolation oci or namespaces');
    expect(code).toBe(1);
  });

  it('goes on to its end when nobody reads any more what it prints', async () => {
    const { child, ended } = start(['run', 'acr-pull-failure', '--output', runFolder()]);
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(result().verdict).toBe('supported');
    expect(leftovers(temporary)).toEqual([]);
  });

  it('answers an unknown lab with the labs there are and the nearest', async () => {
    const { code, stderr } = await run(['run', 'acr-pul-failure']);
    expect(stderr).toContain('there is no lab "acr-pul-failure"');
    expect(stderr).toContain('lazurite lab run acr-pull-failure');
    expect(code).toBe(2);
  });

  it('refuses an image admission that the lab is not for, before it starts anything', async () => {
    const args = ['run', 'acr-pull-failure', '--image-admission', 'api', '--output', runFolder()];
    const { code, stdout, stderr } = await run(args);
    expect(stdout).toBe('');
    expect(stderr).toContain('does not work with image admission api');
    expect(code).toBe(2);
    expect(existsSync(runFolder())).toBe(false);
  });

  it(
    `leaves nothing behind after ${RUNS} runs in a row`,
    async () => {
      const before = new Set(runtimeCgroups());
      for (let number = 1; number <= RUNS; number += 1) {
        const folder = join(output, `run-${number}`);
        const { code, stdout, stderr } = await run(['run', 'acr-pull-failure', '--output', folder]);
        expect(stdout + stderr, `run ${number}`).toContain('SUPPORTED');
        expect(code).toBe(0);
        expect(leftovers(temporary), `run ${number}`).toEqual([]);
      }
      expect(readdirSync(temporary)).toEqual([]);
      expect(runtimeCgroups().filter((cgroup) => !before.has(cgroup))).toEqual([]);
    },
    RUNS * 60_000,
  );
});
