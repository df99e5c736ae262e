import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runCommand, type CommandOutcome } from './command.js';
import { ADMISSIONS, PHASES, type Gate, type Phase } from './definition.js';
import { EvidenceWriter } from './evidence.js';
import { judge, substitute, type GateResult } from './gates.js';
import { Progress } from './progress.js';
import { parseLab } from './read-lab.js';
import { formatReport } from './report.js';
import { conclude, type RunResult, type StepResult } from './run-result.js';

const folder = mkdtempSync(join(tmpdir(), 'lab-run-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OUTCOME: CommandOutcome = {
  startedAt: '2026-11-21T07:00:00.000Z',
  milliseconds: 12,
  exitCode: 0,
  timedOut: false,
  stdout: '',
  stderr: '',
};

function gate(check: Gate['check']): Gate {
  return { id: 'g', expect: 'e', precondition: false, check, admission: ADMISSIONS };
}

const LOG = [
  '{"Reason": "PullingImage", "Msg": "Pulling image \'a:b\'", "RevisionName": "app--1"}',
  'not a row',
  '{broken',
  '{"Reason": "BackOff", "Msg": "Back-off", "Count": 2}',
].join('\n');

describe('judge', () => {
  it.each<[string, Gate['check'], string, boolean, string]>([
    ['a text that is there', { kind: 'contains', text: 'b c' }, 'a\nb c d', true, 'b c d'],
    ['a text that is not', { kind: 'contains', text: 'x' }, 'a\nb\n', false, 'b'],
    ['no output', { kind: 'contains', text: 'x' }, '\n', false, 'no output'],
    ['a line that matches', { kind: 'matches', pattern: '^v1$' }, 'v0\nv1\n', true, 'v1'],
    ['no line that matches', { kind: 'matches', pattern: '^v1$' }, 'v10\n', false, 'v10'],
    [
      'a text that must not be there',
      { kind: 'lacks', text: 'Healthy' },
      'Healthy',
      false,
      'Healthy',
    ],
    [
      'a longer word that may',
      { kind: 'lacks', text: 'Healthy', except: 'Unhealthy' },
      'true\nUnhealthy\n',
      true,
      'Unhealthy',
    ],
    [
      'a text that is nowhere',
      { kind: 'lacks', text: 'amd64' },
      '{\n"os": "linux"\n}\n',
      true,
      'in none of 3 lines',
    ],
    ['a text that is not all there is', { kind: 'lacks', text: 'v1' }, 'v2\n', true, 'v2'],
    [
      'an expression that is a part of its line',
      { kind: 'matches', pattern: ': it fits' },
      'first\nca-shop: it fits here\nlast',
      true,
      'ca-shop: it fits here',
    ],
    [
      'an expression over several lines',
      { kind: 'matches', pattern: 'a$\\s+b' },
      'x a\n  b\n',
      true,
      'a b',
    ],
    [
      'a row',
      { kind: 'row', fields: { Reason: 'BackOff' } },
      LOG,
      true,
      'BackOff: Back-off (time 2)',
    ],
    [
      'a row by expression',
      { kind: 'row', fields: { Msg: "/'a:b'$/" } },
      LOG,
      true,
      "PullingImage: Pulling image 'a:b'",
    ],
    [
      'a row by variable',
      { kind: 'row', fields: { RevisionName: '$REVISION' } },
      LOG,
      true,
      "PullingImage: Pulling image 'a:b'",
    ],
    [
      'a row by number',
      { kind: 'row', fields: { Count: '2' } },
      LOG,
      true,
      'BackOff: Back-off (time 2)',
    ],
    [
      'no such row',
      { kind: 'row', fields: { Reason: 'BackOff', Msg: 'x' } },
      LOG,
      false,
      'no such row among 2; the last is BackOff: Back-off (time 2)',
    ],
    ['no rows', { kind: 'row', fields: { Reason: 'x' } }, 'text', false, 'no rows'],
  ])('%s', (_name, check, stdout, passed, actual) => {
    expect(judge(gate(check), stdout, { REVISION: 'app--1' })).toMatchObject({ passed, actual });
  });

  it('leaves unknown variables standing', () => {
    expect(substitute('${A}-$B-$C', { A: '1', B: '2' })).toBe('1-2-$C');
  });
});

/** The phases that show the same thing as one of them does. */
function withheld(phase: Phase): Phase[] {
  if (phase === 'trigger') return ['trigger', 'observe'];
  return phase === 'fix' ? ['fix', 'verify'] : [phase];
}

describe('conclude', () => {
  const failing: GateResult = {
    id: 'g',
    expect: 'e',
    passed: false,
    actual: 'a',
    precondition: false,
  };
  const step = (phase: Phase, change: Partial<StepResult> = {}): StepResult => ({
    id: phase,
    title: phase,
    phase,
    command: 'true',
    outcome: OUTCOME,
    attempts: 1,
    completed: true,
    gates: [],
    evidence: '',
    ...change,
  });
  const passing = { ...failing, passed: true };
  const all = PHASES.map((phase) => step(phase, { gates: [passing] }));

  it.each<[string, StepResult[], boolean, string]>([
    ['all phases passed', all, true, 'supported'],
    ['a run that ended early', all.slice(0, 3), false, 'invalid'],
    [
      'a gate of the falsification failed',
      [...all, step('falsify', { gates: [failing] })],
      false,
      'falsified',
    ],
    [
      'a gate and the exit code of a script',
      [step('trigger', { gates: [failing], completed: false })],
      false,
      'falsified',
    ],
    ['a gate of the setup failed', [step('setup', { gates: [failing] })], false, 'invalid'],
    [
      'a precondition failed',
      [step('fix', { gates: [{ ...failing, precondition: true }] })],
      false,
      'invalid',
    ],
    ['a command failed', [step('fix', { completed: false })], false, 'invalid'],
    [
      'a script hung',
      [
        step('trigger', {
          gates: [failing],
          completed: false,
          outcome: { ...OUTCOME, timedOut: true, exitCode: null },
        }),
      ],
      false,
      'invalid',
    ],
    ...(['control', 'trigger', 'fix', 'falsify', 'reapply'] as const).map(
      (phase): [string, StepResult[], boolean, string] => [
        `nothing watched the phase ${phase}`,
        all.map((one) => (withheld(phase).includes(one.phase) ? { ...one, gates: [] } : one)),
        true,
        'invalid',
      ],
    ),
    ['the control failed', [step('control', { gates: [failing] })], false, 'invalid'],
    ['the cleanup failed', [...all, step('cleanup', { completed: false })], true, 'invalid'],
  ])('%s', (_name, steps, finished, verdict) => {
    expect(conclude(steps, { finished }).verdict).toBe(verdict);
  });
});

describe('runCommand', () => {
  const run = async (command: string, timeout = 10, signal = new AbortController().signal) =>
    await runCommand({
      command,
      directory: folder,
      environment: { PATH: process.env['PATH'] ?? '', A: 'x' },
      timeout,
      signal,
    });

  it('keeps output, exit code and time', async () => {
    expect(await run('echo "$A"; echo e >&2; exit 3')).toMatchObject({
      exitCode: 3,
      stdout: 'x\n',
      stderr: 'e\n',
      timedOut: false,
    });
  });

  it('ends the whole group at the time limit, even what ignores SIGTERM', async () => {
    const mark = join(folder, 'pids');
    const outcome = await run(
      `(trap '' TERM; echo $$ >> ${mark}; sleep 60) & echo $! >> ${mark}; sleep 60`,
      0.3,
    );
    expect(outcome).toMatchObject({ timedOut: true, exitCode: null });
    const pids = readFileSync(mark, 'utf8').trim().split('\n').map(Number);
    await vi.waitFor(() => {
      expect(pids.filter(isRunning)).toEqual([]); // who was killed is still there until it is buried
    });
  });

  it('ends what a command leaves running', async () => {
    const { stdout } = await run('sleep 60 > /dev/null 2>&1 & echo $!');
    const pid = Number(stdout);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('stops at once when aborted', async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(new Error('interrupted'));
    }, 50);
    await expect(run('sleep 60', 30, controller.signal)).rejects.toThrow('interrupted');
  });
});

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('the report', () => {
  const lab = parseLab(readFileSync('labs/acr-pull-failure/lab.yaml', 'utf8'), '/lab/lab.yaml');
  const steps = lab.steps.map((step): StepResult => ({
    id: step.id,
    title: step.title,
    phase: step.phase,
    command: step.run,
    outcome: OUTCOME,
    attempts: 1,
    completed: true,
    gates: step.gates.map(({ id, expect: expected, precondition }) => ({
      id,
      expect: expected,
      precondition,
      passed: true,
      actual: `saw | ${id}`,
    })),
    ...(step.capture === undefined ? {} : { captured: { name: step.capture, value: 'v' } }),
    evidence: `evidence/${step.id}.json`,
  }));
  const result = (changed: StepResult[]): RunResult => ({
    lab: lab.name,
    title: lab.title,
    ...conclude(changed, { finished: true }),
    startedAt: OUTCOME.startedAt,
    milliseconds: 9_400,
    az: 'own',
    isolation: 'oci',
    imageAdmission: 'documented',
    version: '0.1.0',
    tools: { node: 'v20.19.2' },
    steps: changed,
  });

  it('fills the tables, each line with its evidence, and escapes what would break them', () => {
    const report = formatReport(lab, result(steps));
    expect(report).toContain('The hypothesis is **supported**');
    expect(report).toContain('| Step | Action | Expected | Actual | Pass/Fail | Evidence |');
    expect(report).toContain(
      '| 1 | Deploy lab infrastructure | Deployment succeeds | saw \\| deployed | Pass | [deploy](evidence/deploy.json) |',
    );
    expect(report).toContain('APP_NAME=v<br>ACR_NAME=v');
    expect(report).toContain('| [Observed] `./trigger.sh` | Image pull failure');
    expect(report).not.toMatch(/Not run|\| Fail \|/);
  });

  it('says Fail and Not run where it must', () => {
    const cut = steps
      .slice(0, 12)
      .map((step, index) =>
        index === 11
          ? { ...step, gates: step.gates.map((item) => ({ ...item, passed: false })) }
          : step,
      );
    const report = formatReport(lab, result(cut));
    expect(report).toContain(
      '| Missing tag before the fix | not so: saw \\| no-tag-before | Fail |',
    );
    expect(report).toContain(
      '| 6 | Run verify.sh | Latest revision becomes healthy | not run | Not run |  |',
    );
  });

  it('is written beside its evidence', () => {
    const output = join(folder, 'out');
    const writer = new EvidenceWriter(output);
    expect(writer.step({ ...steps[0]!, variables: {} })).toBe('evidence/01-require-no-group.json');
    writer.finish(result(steps), { markdown: '# report\n', html: '<!doctype html>' });
    expect(readFileSync(join(output, 'report.md'), 'utf8')).toBe('# report\n');
    expect(JSON.parse(readFileSync(join(output, 'result.json'), 'utf8'))).toMatchObject({
      verdict: 'supported',
    });
  });
});

describe('Progress', () => {
  const passed: GateResult = {
    id: 'g',
    expect: 'e',
    passed: true,
    actual: 'a',
    precondition: false,
  };
  const shown = async (isTTY: boolean, environment: NodeJS.ProcessEnv): Promise<string> => {
    let text = '';
    const progress = new Progress({ write: (part) => (text += part), isTTY }, environment);
    progress.phase('setup');
    await progress.during('wait', async () => undefined);
    progress.gate(passed);
    return text;
  };

  it('is plain lines with the time where there is no terminal', async () => {
    expect(await shown(false, {})).toMatch(
      /^\[ {2}0\.\d s\] setup\n\[ {2}0\.\d s\] {3}wait\n\[ {2}0\.\d s\] {5}pass {2}e: a\n$/,
    );
  });

  it('has colours and a moving line on a terminal, and no colours with NO_COLOR', async () => {
    expect(await shown(true, {})).toContain('\u001b[32mpass');
    const plain = await shown(true, { NO_COLOR: '1' });
    expect(plain).toContain('\r\u001b[K');
    expect(plain).not.toContain('\u001b[32m');
  });
});
