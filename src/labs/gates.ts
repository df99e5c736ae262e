import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import type { Check, Gate } from './definition.js';

export interface GateResult {
  id: string;
  expect: string;
  passed: boolean;
  /** What was seen instead, or the line that proves it; one line. */
  actual: string;
  precondition: boolean;
}

const LONGEST_ACTUAL = 200;

/** Judges what a step printed. `$NAME` in the gate stands for a variable of the run. */
export function judge(
  gate: Gate,
  stdout: string,
  variables: Readonly<Record<string, string>>,
): GateResult {
  const { passed, actual } = check(gate.check, stdout, variables);
  return {
    id: gate.id,
    expect: gate.expect,
    passed,
    actual: shorten(actual),
    precondition: gate.precondition,
  };
}

function check(
  condition: Check,
  stdout: string,
  variables: Readonly<Record<string, string>>,
): { passed: boolean; actual: string } {
  switch (condition.kind) {
    case 'contains': {
      const text = substitute(condition.text, variables);
      const line = stdout.split('\n').find((candidate) => candidate.includes(text));
      const passed = stdout.includes(text);
      return { passed, actual: passed ? (line ?? text) : seen(stdout) };
    }
    case 'matches': {
      const match = new RegExp(substitute(condition.pattern, variables), 'm').exec(stdout);
      return { passed: match !== null, actual: match ? lineAround(stdout, match) : seen(stdout) };
    }
    case 'lacks': {
      const except = condition.except;
      const rest = except === undefined ? stdout : stdout.replaceAll(except, '');
      const text = substitute(condition.text, variables);
      const line = rest.split('\n').find((candidate) => candidate.includes(text));
      return { passed: !rest.includes(text), actual: line ?? seenInstead(stdout, except) };
    }
    case 'row':
      return checkRow(condition.fields, stdout, variables);
  }
}

function checkRow(
  fields: Readonly<Record<string, string>>,
  stdout: string,
  variables: Readonly<Record<string, string>>,
): { passed: boolean; actual: string } {
  const rows = stdout.split('\n').flatMap((line) => rowOf(line));
  const wanted = Object.entries(fields).map(
    ([key, value]) => [key, substitute(value, variables)] as const,
  );
  const row = rows.find((candidate) =>
    wanted.every(([key, value]) => agrees(candidate[key], value)),
  );
  if (row) return { passed: true, actual: describeRow(row) };
  const last = rows.at(-1);
  return {
    passed: false,
    actual: last ? `no such row among ${rows.length}; the last is ${describeRow(last)}` : 'no rows',
  };
}

function rowOf(line: string): { [key: string]: Json }[] {
  if (!line.startsWith('{')) return [];
  try {
    const value = JSON.parse(line) as Json; // JSON.parse answers JSON by definition
    return isJsonObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

function agrees(value: Json | undefined, wanted: string): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const pattern = /^\/(.*)\/$/s.exec(wanted);
  return pattern ? new RegExp(pattern[1] ?? '').test(text) : text === wanted;
}

function describeRow(row: { [key: string]: Json }): string {
  const { Reason, Msg, Count } = row;
  if (typeof Reason !== 'string' || typeof Msg !== 'string') return JSON.stringify(row);
  const times = typeof Count === 'number' && Count > 1 ? ` (time ${Count})` : '';
  return `${Reason}: ${Msg}${times}`;
}

/** Replaces `$NAME` and `${NAME}` by the variable; an unknown one stays, so that the gate fails visibly. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]*))/g,
    (all, braced?: string, plain?: string) => variables[braced ?? plain ?? ''] ?? all,
  );
}

/** What matched, with the rest of its first line where that is short. */
function lineAround(stdout: string, { 0: found, index }: RegExpExecArray): string {
  const start = stdout.lastIndexOf('\n', index - 1) + 1;
  const end = stdout.indexOf('\n', index);
  const line = stdout.slice(start, end < 0 ? undefined : end);
  return line.includes(found) && line.length <= LONGEST_ACTUAL ? line : found;
}

/** The longer word that may be there, or how much was looked through: of many lines the last one says nothing. */
function seenInstead(stdout: string, except: string | undefined): string {
  const all = lines(stdout);
  const allowed = except === undefined ? undefined : all.find((line) => line.includes(except));
  return allowed ?? (all.length > 1 ? `in none of ${all.length} lines` : seen(stdout));
}

function lines(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line.trim() !== '');
}

function seen(stdout: string): string {
  return lines(stdout).at(-1) ?? 'no output';
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= LONGEST_ACTUAL ? line : `${line.slice(0, LONGEST_ACTUAL - 1)}…`;
}
