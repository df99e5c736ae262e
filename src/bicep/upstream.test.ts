import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../base/json.js';
import { compileBicep } from './compile.js';
import { compileParameters, type CompileParametersResult } from './compile-parameters.js';
import type { FileReader } from './semantics/symbols.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';

/** Samples of the real compiler with what it makes of them; see the README there. */
const ROOT = fileURLToPath(new URL('upstream/', import.meta.url));
const folders = readdirSync(ROOT).filter((name) => statSync(path.join(ROOT, name)).isDirectory());
const has = (file: string) => (name: string) => existsSync(path.join(ROOT, name, file));

function compile(folder: string, version?: string): ReturnType<typeof compileBicep> {
  const reader = (name: string): Buffer | undefined => {
    const file = path.join(ROOT, folder, name);
    return existsSync(file) ? readFileSync(file) : undefined;
  };
  return compileBicep('main.bicep', reader, version === undefined ? {} : { version });
}

function valueAt(value: Json, keys: readonly string[]): Json {
  return keys.reduce((at: Json, key) => (isJsonObject(at) ? (at[key] ?? null) : null), value);
}

/**
 * What may differ: who made the template, and letters' case, since the real compiler writes the names of types as
 * their definitions have them, of which we have few. Expressions are compared as they are.
 */
function comparable(value: Json): Json {
  if (typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value)) return value.map(comparable);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== '_generator')
    .map(([key, item]) => [key, comparable(item)] as const);
  return Object.fromEntries(
    entries.filter(([key, item]) => key !== 'metadata' || JSON.stringify(item) !== '{}'),
  );
}

function read(folder: string, file: string): string {
  return readFileSync(path.join(ROOT, folder, file), 'utf8');
}

describe('samples of the real compiler', () => {
  it.each(folders.filter(has('main.json')))('%s compiles to the same template', (folder) => {
    const { template, diagnostics } = compile(folder);
    expect(diagnostics.filter(({ level }) => level === 'Error')).toEqual([]);
    const expected = JSON.parse(read(folder, 'main.json')) as Json;
    expect(comparable(template ?? null)).toEqual(comparable(expected));
  });

  // The hash is the one behind `uniqueString`; where nothing else differs it must not either.
  it.each(['NestedResources_LF', 'NewlineSensitivity_LF', 'Dependencies_LF'])(
    '%s has the same template hash',
    (folder) => {
      const hashOf = (template: Json): unknown => valueAt(template, ['metadata', '_generator']);
      const expected = hashOf(JSON.parse(read(folder, 'main.json')) as Json);
      expect(hashOf(compile(folder, 'dev').template ?? null)).toEqual(expected);
    },
  );

  // What is not the same yet is listed beside the sample; `-u` rewrites the list, which is then reviewed: a line that
  // begins with "extra" is an error that the real compiler does not report.
  it.each(folders.filter(has('main.diagnostics.bicep')))(
    '%s has the same errors on the same lines',
    async (folder) => {
      const differences = differencesOf(
        expectedErrors(read(folder, 'main.diagnostics.bicep')),
        reportedErrors(folder),
      );
      if (differences.length === 0) expect(has('main.differences.txt')(folder)).toBe(false);
      else
        await expect(`${differences.join('\n')}\n`).toMatchFileSnapshot(
          path.join(ROOT, folder, 'main.differences.txt'),
        );
    },
  );

  it.each(folders.filter((name) => !name.startsWith('Invalid')))(
    '%s is accepted, as it is by the real compiler',
    (folder) => {
      expect(reportedErrors(folder)).toEqual([]);
    },
  );
});

const PARAMETERS = fileURLToPath(new URL('upstream-parameters/', import.meta.url));
const parameterFolders = readdirSync(PARAMETERS);
const ENVIRONMENT = {
  stringEnvVariableName: 'test',
  intEnvVariableName: '100',
  boolEnvironmentVariable: 'true',
};
/** What comes after it in its file needs `externalInput()`, which is not there. */
const EXTERNAL = /(?:@secure\(\)\s+)?param kvSecretExpression/;

describe('parameters files of the real compiler', () => {
  const readSample = (folder: string, name: string): string =>
    read(`../upstream-parameters/${folder}`, name).split(EXTERNAL)[0] ?? '';
  const reader =
    (folder: string): FileReader =>
    (name) => {
      const file = path.join(PARAMETERS, folder, name);
      return existsSync(file) ? Buffer.from(readSample(folder, name)) : undefined;
    };
  const compileSample = (folder: string): CompileParametersResult =>
    compileParameters('parameters.bicepparam', reader(folder), { environment: ENVIRONMENT });
  const valid = parameterFolders.filter((name) => !name.startsWith('Invalid'));

  it.each(valid)('%s has the same values', (folder) => {
    const { parameters, diagnostics } = compileSample(folder);
    expect(errorsOf(diagnostics)).toEqual([]);
    const file = path.join(PARAMETERS, folder, 'parameters.json');
    const expected = JSON.parse(readFileSync(file, 'utf8')) as {
      parameters: { [name: string]: Json };
    };
    delete expected.parameters['kvSecretExpression'];
    expect(parameters?.['parameters']).toEqual(expected.parameters);
  });

  it.each(parameterFolders)('%s has the same errors on the same lines', async (folder) => {
    const expected = expectedErrors(readSample(folder, 'parameters.diagnostics.bicepparam'));
    const own = compileSample(folder).diagnostics.filter(({ file }) => file.endsWith('bicepparam'));
    const differences = differencesOf(expected, errorsOf(own));
    const list = path.join(PARAMETERS, folder, 'parameters.differences.txt');
    if (differences.length === 0) expect(existsSync(list)).toBe(false);
    else await expect(`${differences.join('\n')}\n`).toMatchFileSnapshot(list);
  });
});

function expectedErrors(file: string): string[] {
  const expected: string[] = [];
  let line = 0;
  for (const text of file.split('\n')) {
    const found = /^\/\/@\[\d+:\d+\) \[(BCP\d+) \(Error\)\]/.exec(text);
    if (found) expected.push(`${line} ${found[1] ?? ''}`);
    else if (!text.startsWith('//@[')) line += 1;
  }
  return expected;
}

function reportedErrors(folder: string): string[] {
  return errorsOf(compile(folder).diagnostics);
}

function errorsOf(diagnostics: readonly Diagnostic[]): string[] {
  const errors = diagnostics.filter(({ level }) => level === 'Error');
  return errors.map(({ line, code }) => `${line} ${code}`);
}

/** `missing 12 BCP070` and `extra 12 BCP033`, in the order of the lines. */
function differencesOf(expected: readonly string[], reported: readonly string[]): string[] {
  const without = (all: readonly string[], others: readonly string[]): string[] => {
    const left = [...others];
    return all.filter((one) => {
      const at = left.indexOf(one);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...without(expected, reported).map((one) => `missing ${one}`),
    ...without(reported, expected).map((one) => `extra ${one}`),
  ].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]) || (a < b ? -1 : 1));
}
