import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseArguments } from './arguments.js';
import { AzError } from './az-error.js';
import { expandFiles } from './expand-files.js';
import type { CommandSpec } from './spec.js';

const COMMAND: CommandSpec = {
  path: 'thing make',
  summary: 'Make a thing.',
  arguments: [
    { name: 'name', options: ['--name', '-n'], required: true, help: 'Name.' },
    {
      name: 'group',
      options: ['--resource-group', '-g'],
      help: 'Group.',
      environment: 'AZURE_DEFAULTS_GROUP',
    },
    { name: 'size', options: ['--size'], kind: 'integer', default: 3, help: 'Size.' },
    { name: 'cpu', options: ['--cpu'], kind: 'number', help: 'CPU.' },
    { name: 'tags', options: ['--tags'], kind: 'list', mayBeEmpty: true, help: 'Tags.' },
    { name: 'image', options: ['--image', '-t'], repeatable: true, help: 'Image.' },
    { name: 'parameters', options: ['-p'], kind: 'list', repeatable: true, help: 'P.' },
    { name: 'follow', options: ['--follow'], kind: 'three-state', help: 'Follow.' },
    { name: 'kind', options: ['--type'], choices: ['console', 'system'], help: 'Kind.' },
    { name: 'yes', options: ['--yes', '-y'], kind: 'flag', help: 'Yes.' },
    { name: 'yellow', options: ['--yellow'], kind: 'flag', help: 'Yellow.' },
    { name: 'source', options: [], metavar: '<SOURCE>', help: 'Source.' },
  ],
  examples: [{ title: 'Make one.', command: 'az thing make -n one' }],
  run: async () => undefined,
};

function parse(...words: string[]) {
  return parseArguments(COMMAND, words, {});
}

function failure(words: string[]): AzError {
  try {
    parse(...words);
  } catch (error) {
    if (error instanceof AzError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseArguments', () => {
  it.each<[string, string[], (reader: ReturnType<typeof parse>) => unknown, unknown]>([
    ['a long option', ['--name', 'a'], (r) => r.text('name'), 'a'],
    ['a long option with =', ['--name=a=b'], (r) => r.text('name'), 'a=b'],
    ['a short option', ['-n', 'a'], (r) => r.text('name'), 'a'],
    ['a value stuck to its option', ['-nabc'], (r) => r.text('name'), 'abc'],
    ['a prefix of a long option', ['--nam', 'a'], (r) => r.text('name'), 'a'],
    ['the last of two', ['-n', 'a', '-n', 'b'], (r) => r.text('name'), 'b'],
    ['a default', ['-n', 'a'], (r) => r.number('size'), 3],
    ['an integer', ['-n', 'a', '--size', '7'], (r) => r.number('size'), 7],
    ['a negative number', ['-n', 'a', '--size', '-7'], (r) => r.number('size'), -7],
    ['a fraction', ['-n', 'a', '--cpu', '.5'], (r) => r.number('cpu'), 0.5],
    ['a list', ['-n', 'a', '--tags', 'x=1', 'y=2'], (r) => r.list('tags'), ['x=1', 'y=2']],
    ['an empty list', ['-n', 'a', '--tags'], (r) => r.list('tags'), []],
    ['a list up to the next option', ['--tags', 'x', '-n', 'a'], (r) => r.list('tags'), ['x']],
    ['a repeated text', ['-n', 'a', '-t', 'x', '-t', 'y'], (r) => r.list('image'), ['x', 'y']],
    [
      'a repeated list',
      ['-n', 'a', '-p', 'x', 'y', '-p', 'z'],
      (r) => r.lists('parameters'),
      [['x', 'y'], ['z']],
    ],
    [
      'a positional after a text',
      ['-n', 'a', '-t', 'x', './src'],
      (r) => r.text('source'),
      './src',
    ],
    ['a positional after --', ['-n', 'a', '--', '-odd'], (r) => r.text('source'), '-odd'],
    ['a flag', ['-n', 'a', '-y'], (r) => r.flag('yes'), true],
    ['an absent flag', ['-n', 'a'], (r) => r.flag('yes'), false],
    ['a three-state flag alone', ['-n', 'a', '--follow'], (r) => r.state('follow'), true],
    [
      'a three-state flag with a value',
      ['-n', 'a', '--follow', 'False'],
      (r) => r.state('follow'),
      false,
    ],
    ['an absent three-state flag', ['-n', 'a'], (r) => r.state('follow'), undefined],
    [
      'a choice in other case',
      ['-n', 'a', '--type', 'System'],
      (r) => r.optional('kind'),
      'system',
    ],
    ['a global option', ['-n', 'a', '-o', 'tsv'], (r) => r.optional('output'), 'tsv'],
    ['help without the required', ['--help'], (r) => r.flag('help'), true],
  ])('takes %s', (_name, words, read, expected) => {
    expect(read(parse(...words))).toEqual(expected);
  });

  it('takes a default from the environment, and prefers the command line', () => {
    const environment = { AZURE_DEFAULTS_GROUP: 'rg-env' };
    expect(parseArguments(COMMAND, ['-n', 'a'], environment).text('group')).toBe('rg-env');
    expect(parseArguments(COMMAND, ['-n', 'a', '-g', 'rg'], environment).text('group')).toBe('rg');
  });

  it.each<[string, string[], string]>([
    ['a missing argument', [], 'the following arguments are required: --name/-n'],
    ['an unknown option', ['-n', 'a', '-z'], 'unrecognized arguments: -z'],
    ['an extra word', ['-n', 'a', 'x', 'y'], 'unrecognized arguments: y'],
    ['a missing value', ['--name'], 'argument --name/-n: expected one argument'],
    ['an option for a value', ['--name', '--yes'], 'argument --name/-n: expected one argument'],
    ['an empty list', ['-n', 'a', '-p'], 'argument -p: expected at least one argument'],
    [
      'a word for an integer',
      ['-n', 'a', '--size', 'x'],
      "argument --size: invalid int value: 'x'",
    ],
    [
      'a fraction for an integer',
      ['-n', 'a', '--size', '1.5'],
      "argument --size: invalid int value: '1.5'",
    ],
    ['a word for a number', ['-n', 'a', '--cpu', 'x'], "argument --cpu: invalid float value: 'x'"],
    [
      'a value for a flag',
      ['-n', 'a', '--yes=1'],
      "argument --yes/-y: ignored explicit argument '1'",
    ],
    [
      'an ambiguous prefix',
      ['-n', 'a', '--ye'],
      'ambiguous option: --ye could match --yes, --yellow',
    ],
    [
      'an unknown choice',
      ['-n', 'a', '--type', 'x'],
      "az thing make: 'x' is not a valid value for '--type'. Allowed values: console, system.",
    ],
    [
      'an unknown format',
      ['-n', 'a', '-o', 'xml'],
      "az thing make: 'xml' is not a valid value for '--output'. Allowed values: json, jsonc, yaml, yamlc, table, tsv, none.",
    ],
  ])('refuses %s', (_name, words, message) => {
    const error = failure(words);
    expect(error.message).toBe(message);
    expect(error.exitCode).toBe(2);
  });

  it('shows the examples of a command that was called wrongly', () => {
    expect(failure([]).advice).toContain('az thing make -n one');
  });

  it('throws nothing but AzError, whatever the words', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.constantFrom('-n', '--tags', '--', '--size', '-o', '-p')),
        ),
        (words) => {
          try {
            parse(...words);
          } catch (error) {
            expect(error).toBeInstanceOf(AzError);
          }
        },
      ),
    );
  });
});

describe('expandFiles', () => {
  it('leaves words without a file as they are', () => {
    const words = ['a@b', '@', 'x=@nowhere', '@/nowhere', 'user@example.com', 'k=v@w'];
    expect(expandFiles(words)).toEqual(words);
  });
});
