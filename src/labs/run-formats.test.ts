import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { recordRun, SMALL_LAB } from '../../test/support/lab-runs.js';
import { formatJunit } from './junit.js';
import { lintLab } from './lint.js';
import { parseLab, readLab } from './read-lab.js';
import { readRun } from './read-run.js';
import { formatRepetition, summarise } from './repeat.js';
import type { RunResult } from './run-result.js';
import { StepPrompt } from './step-prompt.js';
import { findLab } from './catalogue.js';

const root = mkdtempSync(join(tmpdir(), 'lab-formats-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let count = 0;
function runOf(options?: Parameters<typeof recordRun>[1]): RunResult {
  count += 1;
  const folder = join(root, String(count));
  recordRun(folder, options);
  return readRun(folder).run;
}

describe('formatJunit', () => {
  it('has a case for each gate, for each step without one, and for the verdict', () => {
    const xml = formatJunit(runOf());
    expect(xml).toContain('tests="9" failures="0" errors="0" skipped="0" time="9.400"');
    expect(xml.match(/<testcase /g)).toHaveLength(9);
    expect(xml).toContain('<testcase classname="small.04-trigger" name="te" time="0.100"/>');
  });

  it('tells a gate that failed, and escapes what it saw', () => {
    const xml = formatJunit(runOf({ outputs: { trigger: '<"a" & \u0001b>' }, steps: 3 }));
    expect(xml).toContain('<failure message="&lt;&quot;a&quot; &amp; \uFFFDb&gt;"/>');
    expect(xml).toContain('failures="2" errors="0"');
  });

  it('is an error when the run is invalid, and skipped when it was stopped', () => {
    expect(formatJunit(runOf({ steps: 3 }))).toMatch(/errors="1"[^]*<error message="the run ended/);
    const open = formatJunit(runOf({ steps: 3, facts: { until: 'trigger' } }));
    expect(open).toMatch(/skipped="1"[^]*<skipped message="it was stopped/);
  });
});

describe('repeated runs', () => {
  const supported = runOf();
  const slow = { ...supported, milliseconds: 12_000 };
  const falsified = runOf({ outputs: { falsify: 'x' }, steps: 6 });

  it('have the worst verdict, the range of times, and are flaky when they disagree', () => {
    expect(summarise([supported, slow])).toMatchObject({
      verdict: 'supported',
      flaky: false,
      fastest: 9_400,
      median: 9_400,
      slowest: 12_000,
    });
    expect(summarise([supported, falsified, slow])).toMatchObject({
      verdict: 'falsified',
      flaky: true,
      counts: { supported: 2, falsified: 1 },
    });
  });

  it('are a table with the seconds of each phase', () => {
    expect(formatRepetition([slow, falsified]).split('\n')).toEqual([
      'run  verdict    total  setup  control  trigger  fix  verify  falsify  reapply  cleanup',
      '1    supported  12.0   0.1    0.1      0.1      0.1  0.1     0.1      0.1      0.1',
      '2    falsified  9.4    0.1    0.1      0.1      0.1  0.1     0.1      -        -',
      '1 supported, 1 falsified: FLAKY; 9.4 to 12.0 s, median 9.4 s',
    ]);
  });
});

describe('lintLab', () => {
  it('tells what a valid lab lacks', () => {
    const text = SMALL_LAB.replace(/^control:.*\n/m, '').replace(
      "'echo fix'",
      "'./fix.sh && sh ./lab.yaml'",
    );
    const found = lintLab(parseLab(text, '/labs/other/lab.yaml')).map(
      ({ rule, message }) => `${rule}: ${message}`,
    );
    expect(found).toContain('name: the lab is called small, its folder other');
    expect(found).toContain('no-gate: no gate shows that the control is healthy');
    expect(found).toContain('no-signature: no signature tells its failure from others');
    expect(found).toContain('script: ./fix.sh does not exist');
    expect(found.filter((line) => line.startsWith('no-measurement'))).toHaveLength(3);
    expect(found.filter((line) => line.startsWith('no-prose'))).toHaveLength(5);
  });

  it('tells the line of what is there and wrong', () => {
    const folder = join(root, 'other');
    mkdirSync(folder);
    writeFileSync(join(folder, 'lab.yaml'), SMALL_LAB.replace("'echo fix'", "'./fix.sh'"));
    const lines = readFileSync(join(folder, 'lab.yaml'), 'utf8').split('\n');
    const found = lintLab(readLab(folder)).filter(({ line }) => line !== undefined);
    expect(found.map(({ rule, line }) => [rule, lines[(line ?? 0) - 1]])).toEqual([
      ['name', expect.stringContaining('name: small')],
      ['script', expect.stringContaining('./fix.sh')],
    ]);
  });

  it('tells which phase no gate watches', () => {
    const text = SMALL_LAB.replace(/, gates: \[\{id: wg[^\]]*\]/, '');
    expect(lintLab(parseLab(text, '/labs/small/lab.yaml'))).toContainEqual({
      rule: 'no-gate',
      message: 'no gate shows that reverting the fix brings it back',
    });
  });
});

describe('StepPrompt', () => {
  const step = findLab('multi-arch-image-mismatch').steps[0]!;
  const answers = async (text: string): Promise<{ said: string; answer: string }> => {
    const input = new PassThrough();
    const output = new PassThrough();
    const prompt = new StepPrompt(input, output);
    input.end(text);
    const answer = await prompt.ask(step, new AbortController().signal);
    prompt.close();
    return { said: String(output.read()), answer };
  };

  it.each([
    ['\n', 'go'],
    ['q\n', 'stop'],
    ['', 'stop'],
    ['h\n\n', 'go'],
  ])('%j → %s', async (text, answer) => {
    expect((await answers(text)).answer).toBe(answer);
  });

  it('does not wait for a key after Ctrl-C', async () => {
    const controller = new AbortController();
    const prompt = new StepPrompt(new PassThrough(), new PassThrough());
    const asked = prompt.ask(step, controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
    await expect(prompt.ask(step, controller.signal)).rejects.toThrow('interrupted');
    prompt.close();
  });

  it('shows the command, and on request what to look for', async () => {
    expect((await answers('\n')).said).toContain('$ az group exists --name "$RG"');
    expect((await answers('h\n\n')).said).toContain('look for: no resource group has');
  });
});
