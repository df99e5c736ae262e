import type { HealthcheckConfig, ImageExecution } from '../../oci/image-config.js';
import type {
  Command,
  HealthcheckInstruction,
  PairsInstruction,
  StageInstruction,
} from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import { environmentOf, type StageState } from './stage-state.js';

/** Replaces the variables of one word. */
export type Expand = (word: string) => string;

/**
 * Carries out an instruction that changes the image config and no file.
 *
 * @returns false for one that is not of that kind
 * @throws WordError when a value does not parse
 */
export function applyConfigInstruction(
  state: StageState,
  instruction: StageInstruction,
  expand: Expand,
): boolean {
  const { execution } = state;
  switch (instruction.keyword) {
    case 'ENV':
      execution.Env = withPairs(environmentOf(state), instruction, expand);
      return true;
    case 'LABEL':
      for (const { name, value } of instruction.pairs) {
        (execution.Labels ??= {})[expand(name)] = expand(value);
      }
      return true;
    case 'EXPOSE':
      for (const port of instruction.words.flatMap((word) => parsePorts(expand(word)))) {
        (execution.ExposedPorts ??= {})[port] = {};
      }
      return true;
    case 'VOLUME':
      for (const volume of instruction.words.map(expand)) {
        if (volume === '') throw new WordError('VOLUME specified can not be an empty string');
        (execution.Volumes ??= {})[volume] = {};
      }
      return true;
    default:
      return applyCommand(state, instruction) || applyText(state, instruction, expand);
  }
}

function applyCommand(state: StageState, instruction: StageInstruction): boolean {
  const { execution } = state;
  switch (instruction.keyword) {
    case 'CMD':
      execution.Cmd = commandArgv(instruction.command, state.shell);
      state.commandIsOwn = true;
      return true;
    case 'ENTRYPOINT':
      execution.Entrypoint = commandArgv(instruction.command, state.shell);
      if (!state.commandIsOwn) delete execution.Cmd;
      return true;
    case 'SHELL':
      state.shell = instruction.words;
      execution.Shell = instruction.words;
      return true;
    case 'HEALTHCHECK':
      execution.Healthcheck = healthcheck(instruction);
      return true;
    default:
      return false;
  }
}

function applyText(state: StageState, instruction: StageInstruction, expand: Expand): boolean {
  const { execution } = state;
  switch (instruction.keyword) {
    case 'USER':
      execution.User = nonEmpty(expand(instruction.value), 'USER');
      return true;
    case 'STOPSIGNAL':
      execution.StopSignal = parseSignal(expand(instruction.value));
      return true;
    case 'ONBUILD':
      execution.OnBuild = [...(execution.OnBuild ?? []), instruction.value];
      return true;
    case 'MAINTAINER':
      state.author = instruction.value;
      return true;
    default:
      return false;
  }
}

/** The argv of a command; in shell form the shell runs its text. */
export function commandArgv(command: Command, shell: readonly string[]): string[] {
  return command.form === 'exec' ? command.argv : [...shell, command.text];
}

function withPairs(
  environment: Map<string, string>,
  instruction: PairsInstruction,
  expand: Expand,
): NonNullable<ImageExecution['Env']> {
  for (const { name, value } of instruction.pairs) environment.set(expand(name), expand(value));
  return [...environment].map(([name, value]) => `${name}=${value}`);
}

function nonEmpty(value: string, what: string): string {
  if (value === '') throw new WordError(`${what} is empty`);
  return value;
}

function parseSignal(text: string): string {
  if (!/^(?:\d{1,2}|(?:SIG)?[A-Z][A-Z0-9]*(?:[+-]\d+)?)$/.test(text)) {
    throw new WordError(`invalid signal: ${text}`);
  }
  return text;
}

/** `8080`, `8080/udp`, `8000-8003`; several ports for a range. */
function parsePorts(text: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65535 || last < first) {
    throw new WordError(`invalid containerPort: ${text}`);
  }
  const protocol = (match[3] ?? 'tcp').toLowerCase();
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}

function healthcheck(instruction: HealthcheckInstruction): HealthcheckConfig {
  const { command, flags } = instruction;
  if (command === undefined) return { Test: ['NONE'] };
  const result: HealthcheckConfig = {
    Test: command.form === 'exec' ? ['CMD', ...command.argv] : ['CMD-SHELL', command.text],
  };
  const durations = {
    interval: 'Interval',
    timeout: 'Timeout',
    'start-period': 'StartPeriod',
    'start-interval': 'StartInterval',
  } as const;
  for (const [flag, field] of Object.entries(durations)) {
    const text = flags.get(flag);
    if (text !== undefined) result[field] = parseDuration(text);
  }
  const retries = flags.get('retries');
  if (retries !== undefined) {
    if (!/^\d+$/.test(retries)) throw new WordError(`--retries must be a number, not "${retries}"`);
    result.Retries = Number(retries);
  }
  return result;
}

const UNIT_NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Go's durations in nanoseconds: `1m30s`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new WordError(`invalid duration "${text}"; write it like 30s or 1m30s`);
  }
  return parts.reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNIT_NANOSECONDS[unit] ?? 0),
    0,
  );
}
