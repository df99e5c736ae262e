import { PHASES } from './definition.js';
import type { RunResult, StepResult } from './run-result.js';

/**
 * A run as a JUnit test suite: a test case for each gate, and one for each step without gates. A run that is
 * invalid is an error of the suite, as a test that could not be carried out is.
 */
export function formatJunit(run: RunResult): string {
  const cases = run.steps.flatMap((step) => casesOf(run, step));
  const failures = run.steps.flatMap(({ gates }) => gates).filter(({ passed }) => !passed).length;
  const isInvalid = run.verdict === 'invalid';
  const verdict = element('testcase', { classname: run.lab, name: 'verdict', time: '0' }, [
    ...(isInvalid ? [element('error', { message: run.reason }, [])] : []),
    ...(run.verdict === 'falsified' ? [element('failure', { message: run.reason }, [])] : []),
    ...(run.verdict === 'open' ? [element('skipped', { message: run.reason }, [])] : []),
  ]);
  const suite = element(
    'testsuite',
    {
      name: `lab ${run.lab}`,
      tests: String(cases.length + 1),
      failures: String(failures + (run.verdict === 'falsified' ? 1 : 0)),
      errors: String(run.steps.filter(isBroken).length + (isInvalid ? 1 : 0)),
      skipped: run.verdict === 'open' ? '1' : '0',
      time: seconds(run.milliseconds),
      timestamp: run.startedAt,
    },
    [...cases, verdict],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, [suite])}\n`;
}

/** A step without gates that did not complete: it has no failure of its own to show. */
function isBroken(step: StepResult): boolean {
  return step.gates.length === 0 && !step.completed;
}

function casesOf(run: RunResult, step: StepResult): string[] {
  const number = PHASES.indexOf(step.phase) + 1;
  const classname = `${run.lab}.${String(number).padStart(2, '0')}-${step.phase}`;
  const time = seconds(step.outcome.milliseconds);
  if (step.gates.length === 0) {
    const message = `exit code ${step.outcome.exitCode ?? 'none'}: ${step.outcome.stderr.trim()}`;
    const faults = isBroken(step) ? [element('error', { message }, [])] : [];
    return [element('testcase', { classname, name: step.title, time }, faults)];
  }
  return step.gates.map((gate, index) =>
    element(
      'testcase',
      { classname, name: gate.expect, time: index === 0 ? time : '0' },
      gate.passed ? [] : [element('failure', { message: gate.actual }, [])],
    ),
  );
}

function element(name: string, attributes: Record<string, string>, children: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const start = `<${name}${written.join('')}`;
  if (children.length === 0) return `${start}/>`;
  return `${start}>\n${children.join('\n')}\n</${name}>`;
}

/** XML has no place for most control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
