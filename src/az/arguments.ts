import { GLOBAL_ARGUMENTS } from './global-arguments.js';
import { usageError, type AzError } from './az-error.js';
import type { ArgumentReader, ArgumentSpec, ArgumentValue, CommandSpec } from './spec.js';

const REFERENCE = ['', 'https://aka.ms/cli_ref', 'Read more about the command in reference docs'];

/**
 * Parses the words after a command's path, in argparse's manner: `--name value`, `--name=value`, `-nvalue`,
 * unambiguous prefixes of long options, and lists that run up to the next option.
 *
 * @throws AzError exit code 2, in the stock client's words.
 */
export function parseArguments(
  command: CommandSpec,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ArgumentReader {
  const specs = [...command.arguments, ...GLOBAL_ARGUMENTS];
  const values = new Map<string, ArgumentValue>();
  const positionals = specs.filter((spec) => spec.options.length === 0);
  const unknown: string[] = [];
  const queue = [...words];
  let optionsEnded = false;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!optionsEnded && word === '--') {
      optionsEnded = true;
      continue;
    }
    if (optionsEnded || !looksLikeOption(word)) {
      const positional = positionals.shift();
      if (positional) values.set(positional.name, word);
      else unknown.push(word);
      continue;
    }
    const found = findOption(specs, word, command);
    if (found === undefined) {
      unknown.push(word);
      continue;
    }
    store(found.spec, takeValue(found.spec, found.attached, queue, command), values);
  }
  applyDefaults(specs, values, environment, command);
  // As argparse does: what is missing is told before what is too much; help needs nothing.
  if (values.get('help') !== true) {
    requireAll(specs, values, command);
    if (unknown.length > 0)
      throw usageError(`unrecognized arguments: ${unknown.join(' ')}`, REFERENCE);
  }
  return readerOf(values);
}

function looksLikeOption(word: string): boolean {
  if (!word.startsWith('-') || word === '-') return false;
  if (/^-\d+$|^-\d*\.\d+$/.test(word)) return false; // a negative number is a value
  return !word.includes(' ') || word.startsWith('--');
}

function findOption(
  specs: readonly ArgumentSpec[],
  word: string,
  command: CommandSpec,
): { spec: ArgumentSpec; attached: string | undefined } | undefined {
  const exact = specs.find((spec) => spec.options.includes(word));
  if (exact) return { spec: exact, attached: undefined };
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  const attached = equals === -1 ? undefined : word.slice(equals + 1);
  if (!word.startsWith('--')) {
    const short = specs.find((spec) => spec.options.includes(word.slice(0, 2)));
    return short && { spec: short, attached: word.slice(2) };
  }
  const named = specs.find((spec) => spec.options.includes(name));
  if (named) return { spec: named, attached };
  const matches = specs.filter((spec) => spec.options.some((option) => option.startsWith(name)));
  if (matches.length > 1) {
    const could = matches.flatMap((spec) =>
      spec.options.filter((option) => option.startsWith(name)),
    );
    throw fail(command, `ambiguous option: ${name} could match ${could.join(', ')}`);
  }
  return matches[0] && { spec: matches[0], attached };
}

function takeValue(
  spec: ArgumentSpec,
  attached: string | undefined,
  queue: string[],
  command: CommandSpec,
): ArgumentValue {
  const next = (): string | undefined => {
    const word = queue[0];
    return word === undefined || looksLikeOption(word) ? undefined : queue.shift();
  };
  switch (spec.kind) {
    case 'flag':
      if (attached !== undefined) {
        throw fail(
          command,
          `argument ${spec.options.join('/')}: ignored explicit argument '${attached}'`,
        );
      }
      return true;
    case 'three-state': {
      const text = attached ?? next();
      if (text === undefined) return true;
      return checkChoice(spec, text.toLowerCase(), command, ['true', 'false']) === 'true';
    }
    case 'list': {
      const items: string[] = attached === undefined ? [] : [attached];
      for (let item = next(); item !== undefined; item = next()) items.push(item);
      if (items.length === 0 && spec.mayBeEmpty !== true) {
        throw fail(command, `argument ${spec.options.join('/')}: expected at least one argument`);
      }
      const { choices } = spec;
      return choices ? items.map((item) => checkChoice(spec, item, command, choices)) : items;
    }
    default: {
      const text = attached ?? next();
      if (text === undefined) {
        throw fail(command, `argument ${spec.options.join('/')}: expected one argument`);
      }
      return convert(spec, text, command);
    }
  }
}

function convert(spec: ArgumentSpec, text: string, command: CommandSpec): string | number {
  if (spec.kind === 'integer' || spec.kind === 'number') {
    const pattern = spec.kind === 'integer' ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)$/;
    if (pattern.test(text)) return Number(text);
    const type = spec.kind === 'integer' ? 'int' : 'float';
    throw fail(command, `argument ${spec.options.join('/')}: invalid ${type} value: '${text}'`);
  }
  return spec.choices ? checkChoice(spec, text, command, spec.choices) : text;
}

function checkChoice(
  spec: ArgumentSpec,
  text: string,
  command: CommandSpec,
  choices: readonly string[],
): string {
  const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  const option = spec.options[0] ?? spec.name;
  throw fail(
    command,
    `az ${command.path}: '${text}' is not a valid value for '${option}'. Allowed values: ${choices.join(', ')}.`,
  );
}

function store(spec: ArgumentSpec, value: ArgumentValue, values: Map<string, ArgumentValue>): void {
  if (spec.repeatable !== true) {
    values.set(spec.name, value);
    return;
  }
  const earlier = values.get(spec.name);
  if (typeof value === 'string') {
    const texts = Array.isArray(earlier) ? earlier.filter((item) => typeof item === 'string') : [];
    values.set(spec.name, [...texts, value]);
  } else if (Array.isArray(value)) {
    const lists = Array.isArray(earlier) ? earlier.filter((item) => Array.isArray(item)) : [];
    values.set(spec.name, [...lists, value.filter((item) => typeof item === 'string')]);
  }
}

function applyDefaults(
  specs: readonly ArgumentSpec[],
  values: Map<string, ArgumentValue>,
  environment: Readonly<Record<string, string | undefined>>,
  command: CommandSpec,
): void {
  for (const spec of specs) {
    if (values.has(spec.name)) continue;
    const fromEnvironment =
      spec.environment === undefined ? '' : (environment[spec.environment] ?? '');
    if (fromEnvironment !== '') values.set(spec.name, convert(spec, fromEnvironment, command));
    else if (spec.default !== undefined) values.set(spec.name, spec.default);
  }
}

function requireAll(
  specs: readonly ArgumentSpec[],
  values: ReadonlyMap<string, ArgumentValue>,
  command: CommandSpec,
): void {
  const missing = specs.filter((spec) => spec.required === true && !values.has(spec.name));
  if (missing.length === 0) return;
  const names = missing.map((spec) => spec.metavar ?? spec.options.join('/'));
  throw fail(command, `the following arguments are required: ${names.join(', ')}`);
}

/** A usage error with the command's own examples below it. */
function fail(command: CommandSpec, message: string): AzError {
  const examples = (command.examples ?? []).slice(0, 3);
  const advice = examples.flatMap((example) => [example.command, example.title, '']);
  const header = examples.length > 0 ? ['', "Examples from command's help:"] : [''];
  return usageError(message, [...header, ...advice, ...REFERENCE.slice(1)]);
}

function readerOf(values: ReadonlyMap<string, ArgumentValue>): ArgumentReader {
  const optional = (name: string): string | undefined => {
    const value = values.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw new Error(`argument ${name} is not a text`);
  };
  return {
    optional,
    text: (name) => {
      const value = optional(name);
      if (value === undefined) throw new Error(`argument ${name} is not marked as required`);
      return value;
    },
    number: (name) => {
      const value = values.get(name);
      return value === undefined ? undefined : Number(value);
    },
    flag: (name) => values.get(name) === true,
    state: (name) => {
      const value = values.get(name);
      return typeof value === 'boolean' ? value : undefined;
    },
    list: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
    },
    lists: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.filter((item) => Array.isArray(item)) : [];
    },
    has: (name) => values.has(name),
  };
}
