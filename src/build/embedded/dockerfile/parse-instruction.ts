import { closest } from '../../../base/closest.js';
import type {
  ArgInstruction,
  Command,
  CopyInstruction,
  FromInstruction,
  HealthcheckInstruction,
  PairsInstruction,
  RunInstruction,
  StageInstruction,
  TextInstruction,
  WordsInstruction,
} from './instructions.js';
import type { LogicalLine } from './source.js';
import { parseJsonForm, splitWords, takeFlags, WordError } from './words.js';

/** An instruction as the parsers here see it. */
interface Parsing {
  logical: LogicalLine;
  placed: { line: number; column: number; text: string };
  flags: Map<string, string[]>;
  rest: string;
  escape: string;
}

type AnyInstruction = FromInstruction | StageInstruction;

const PARSERS: Readonly<Record<string, (parsing: Parsing) => AnyInstruction>> = {
  FROM: parseFrom,
  RUN: parseRun,
  COPY: (parsing) => parseCopy(parsing, 'COPY'),
  ADD: (parsing) => parseCopy(parsing, 'ADD'),
  ENV: (parsing) => parsePairs(parsing, 'ENV'),
  LABEL: (parsing) => parsePairs(parsing, 'LABEL'),
  ARG: parseArg,
  CMD: (parsing) => parseCommandInstruction(parsing, 'CMD'),
  ENTRYPOINT: (parsing) => parseCommandInstruction(parsing, 'ENTRYPOINT'),
  WORKDIR: (parsing) => parseText(parsing, 'WORKDIR'),
  USER: (parsing) => parseText(parsing, 'USER'),
  STOPSIGNAL: (parsing) => parseText(parsing, 'STOPSIGNAL'),
  MAINTAINER: (parsing) => parseText(parsing, 'MAINTAINER'),
  ONBUILD: parseOnbuild,
  EXPOSE: (parsing) => parseWords(parsing, 'EXPOSE'),
  VOLUME: (parsing) => parseWords(parsing, 'VOLUME'),
  SHELL: parseShell,
  HEALTHCHECK: parseHealthcheck,
};

export const KEYWORDS: readonly string[] = Object.keys(PARSERS);

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  FROM: ['platform'],
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['chown', 'chmod', 'link', 'checksum', 'keep-git-dir', 'exclude', 'unpack'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
};

/** @throws WordError without a place; the caller knows it. */
export function parseInstruction(logical: LogicalLine, escape: string): AnyInstruction {
  const keyword = logical.keyword.toUpperCase();
  const parser = PARSERS[keyword];
  if (parser === undefined) throw new WordError(unknownInstruction(logical.keyword));
  const allowed = FLAGS[keyword];
  const { flags, rest } = allowed
    ? takeFlags(logical.rest)
    : { flags: new Map<string, string[]>(), rest: logical.rest };
  for (const flag of flags.keys()) {
    if (!allowed?.includes(flag)) throw new WordError(`unknown flag: --${flag} of ${keyword}`);
  }
  if (rest === '') throw new WordError(`${keyword} requires at least one argument`);
  const text = `${keyword} ${logical.rest}`;
  const placed = { line: logical.line, column: logical.column, text };
  return parser({ logical, placed, flags, rest, escape });
}

function unknownInstruction(word: string): string {
  const upper = word.toUpperCase();
  const near = closest(upper, KEYWORDS, { slipsOnly: true });
  return `unknown instruction: ${word}${near ? ` (did you mean ${near}?)` : ''}`;
}

function lastFlag(parsing: Parsing, name: string): string | undefined {
  return parsing.flags.get(name)?.at(-1);
}

function booleanFlag(parsing: Parsing, name: string): boolean | undefined {
  const value = lastFlag(parsing, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') {
    throw new WordError(`--${name} must be true or false, not "${value}"`);
  }
  return value === 'true';
}

const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;

function parseFrom(parsing: Parsing): FromInstruction {
  const [image, as, alias, ...more] = parsing.rest.split(/\s+/);
  const platform = lastFlag(parsing, 'platform');
  const wellFormed = as === undefined || (as.toLowerCase() === 'as' && alias !== undefined);
  if (image === undefined || !wellFormed || more.length > 0) {
    throw new WordError('FROM requires either one or three arguments: FROM image [AS name]');
  }
  const name = alias?.toLowerCase();
  if (name !== undefined && !STAGE_NAME.test(name)) {
    throw new WordError(`invalid name for build stage: "${alias ?? ''}"`);
  }
  return {
    keyword: 'FROM',
    ...parsing.placed,
    image,
    ...(name !== undefined && { alias: name }),
    ...(platform !== undefined && { platform }),
  };
}

function parseCommand(text: string): Command {
  const argv = parseJsonForm(text);
  return argv ? { form: 'exec', argv } : { form: 'shell', text };
}

function parseRun(parsing: Parsing): RunInstruction {
  const security = lastFlag(parsing, 'security') ?? 'sandbox';
  if (security !== 'sandbox') {
    throw new WordError(`RUN --security=${security} is refused: commands only run in a sandbox`);
  }
  if (parsing.flags.has('device')) throw new WordError('RUN --device is not implemented');
  return {
    keyword: 'RUN',
    ...parsing.placed,
    command: parseCommand(parsing.rest),
    mounts: (parsing.flags.get('mount') ?? []).map(parseMount),
    network: lastFlag(parsing, 'network') ?? 'default',
    heredocs: parsing.logical.heredocs,
  };
}

function parseMount(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of text.split(',')) {
    const [name = '', ...value] = field.split('=');
    if (name === '') throw new WordError(`--mount has an empty field: ${text}`);
    fields.set(name.trim().toLowerCase(), value.length > 0 ? value.join('=') : 'true');
  }
  if (!fields.has('type')) fields.set('type', 'bind');
  return fields;
}

function parseCopy(parsing: Parsing, keyword: 'COPY' | 'ADD'): CopyInstruction {
  const words = parseJsonForm(parsing.rest) ?? splitWords(parsing.rest, parsing.escape);
  const destination = words.at(-1);
  if (words.length < 2 || destination === undefined) {
    throw new WordError(`${keyword} requires at least two arguments: sources and a destination`);
  }
  const from = lastFlag(parsing, 'from');
  const chown = lastFlag(parsing, 'chown');
  const chmod = lastFlag(parsing, 'chmod');
  const checksum = lastFlag(parsing, 'checksum');
  const unpack = booleanFlag(parsing, 'unpack');
  return {
    keyword,
    ...parsing.placed,
    sources: words.slice(0, -1),
    destination,
    ...(from !== undefined && { from }),
    ...(chown !== undefined && { chown }),
    ...(chmod !== undefined && { chmod }),
    ...(checksum !== undefined && { checksum }),
    ...(unpack !== undefined && { unpack }),
    exclude: parsing.flags.get('exclude') ?? [],
    parents: booleanFlag(parsing, 'parents') ?? false,
    link: booleanFlag(parsing, 'link') ?? false,
    heredocs: parsing.logical.heredocs,
  };
}

function parsePairs(parsing: Parsing, keyword: 'ENV' | 'LABEL'): PairsInstruction {
  const words = splitWords(parsing.rest, parsing.escape);
  const first = words[0] ?? '';
  if (!first.includes('=')) {
    const value = parsing.rest.slice(first.length).trim();
    if (value === '')
      throw new WordError(`${keyword} must have two arguments: ${first} has no value`);
    return { keyword, ...parsing.placed, pairs: [{ name: first, value }] };
  }
  const pairs = words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0)
      throw new WordError(
        `syntax error - can't find = in "${word}". Must be of the form: name=value`,
      );
    if (equals === 0) throw new WordError(`${keyword} names can not be blank`);
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
  return { keyword, ...parsing.placed, pairs };
}

function parseArg(parsing: Parsing): ArgInstruction {
  const args = splitWords(parsing.rest, parsing.escape).map((word) => {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw new WordError(`bad ARG name "${name}"`);
    return equals < 0 ? { name } : { name, value: word.slice(equals + 1) };
  });
  return { keyword: 'ARG', ...parsing.placed, args };
}

function parseCommandInstruction(
  parsing: Parsing,
  keyword: 'CMD' | 'ENTRYPOINT',
): { keyword: 'CMD' | 'ENTRYPOINT'; command: Command } & Parsing['placed'] {
  return { keyword, ...parsing.placed, command: parseCommand(parsing.rest) };
}

function parseText(parsing: Parsing, keyword: TextInstruction['keyword']): TextInstruction {
  return { keyword, ...parsing.placed, value: parsing.rest };
}

function parseOnbuild(parsing: Parsing): TextInstruction {
  const trigger = (parsing.rest.split(/\s/)[0] ?? '').toUpperCase();
  if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(trigger)) {
    throw new WordError(`${trigger} isn't allowed as an ONBUILD trigger`);
  }
  if (!KEYWORDS.includes(trigger)) throw new WordError(unknownInstruction(trigger));
  const bodies = parsing.logical.heredocs.map((heredoc) => `\n${heredoc.content}${heredoc.name}`);
  return { keyword: 'ONBUILD', ...parsing.placed, value: parsing.rest + bodies.join('') };
}

function parseWords(parsing: Parsing, keyword: 'EXPOSE' | 'VOLUME'): WordsInstruction {
  const json = keyword === 'VOLUME' ? parseJsonForm(parsing.rest) : undefined;
  return { keyword, ...parsing.placed, words: json ?? splitWords(parsing.rest, parsing.escape) };
}

function parseShell(parsing: Parsing): WordsInstruction {
  const words = parseJsonForm(parsing.rest);
  if (words === undefined || words.length === 0) {
    throw new WordError('SHELL requires the arguments to be in JSON form: SHELL ["program", "-c"]');
  }
  return { keyword: 'SHELL', ...parsing.placed, words };
}

function parseHealthcheck(parsing: Parsing): HealthcheckInstruction {
  const flags = new Map<string, string>();
  for (const [name, values] of parsing.flags) flags.set(name, values.at(-1) ?? '');
  const match = /^(\S+)\s*([\s\S]*)$/.exec(parsing.rest);
  const type = match?.[1]?.toUpperCase();
  const text = match?.[2] ?? '';
  if (type === 'NONE') {
    if (text !== '') throw new WordError('HEALTHCHECK NONE takes no arguments');
    return { keyword: 'HEALTHCHECK', ...parsing.placed, command: undefined, flags };
  }
  if (type !== 'CMD' || text === '') {
    throw new WordError(`unknown type "${match?.[1] ?? ''}" in HEALTHCHECK (try CMD)`);
  }
  return { keyword: 'HEALTHCHECK', ...parsing.placed, command: parseCommand(text), flags };
}
