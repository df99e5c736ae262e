import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTask, type TaskFile } from './parse-task.js';
import { TaskYamlError } from './yaml-error.js';

/** `npx vitest run src/tasks/yaml -u` rewrites the baselines; the difference is then reviewed. */
const BASELINES = fileURLToPath(new URL('baselines/', import.meta.url));

const RUN = {
  ID: 'ca1',
  Registry: 'labacr.azurecr.io',
  RegistryName: 'labacr',
  Date: '20260620-133459z',
  OS: 'linux',
  Architecture: 'amd64',
};

const parse = (text: string, change: Partial<TaskFile> = {}) =>
  parseTask({
    name: 'acb.yaml',
    text,
    values: {
      run: RUN,
      values: { greeting: 'hi', image: { tag: 7 } },
      secrets: new Map([['token', 's3cret']]),
    },
    ...change,
  });

describe.each(readdirSync(BASELINES).filter((name) => name.endsWith('.yaml')))('%s', (name) => {
  it('is read as its baseline says', async () => {
    const task = parse(readFileSync(path.join(BASELINES, name), 'utf8'));
    const volumes = task.volumes.map((volume) => ({
      ...volume,
      files: [...volume.files].map(([file, bytes]) => [file, bytes.toString()]),
    }));
    const shown = `${JSON.stringify({ ...task, volumes }, null, 2)}\n`;
    await expect(shown).toMatchFileSnapshot(path.join(BASELINES, `${name.slice(0, -5)}.json`));
  });
});

const steps = (text: string): string => `version: v1.1.0\nsteps:\n${text}`;

describe('values', () => {
  const cmd = (text: string): unknown => {
    const [step] = parse(steps(`  - cmd: ${text}\n`)).steps;
    return step?.kind === 'cmd' && step.cmd;
  };
  it.each([
    ['x {{ .Run.ID }}', 'x ca1'],
    ['x {{- .Run.OS -}}', 'x linux'],
    ['x {{.Values.image.tag}}', 'x 7'],
    ['x {{/* nothing */}}y', 'x y'],
    ['x $ID', 'x ca1'],
    ['x $$ID', 'x $ID'],
    ['x ${ID} $(date) $1', 'x ${ID} $(date) $1'],
  ])('%s', (text, expected) => {
    expect(cmd(text)).toBe(expected);
  });

  it('come from files of aliases too, and its own go first', () => {
    const text = `version: v1.1.0\nalias:\n  src: [a.yaml]\n  values: {two: own}\nsteps:\n  - cmd: x $one $two\n`;
    const readFile = (name: string) => (name === 'a.yaml' ? 'one: 1st\ntwo: 2nd\n' : undefined);
    expect(parse(text, { readFile }).steps[0]).toMatchObject({ cmd: 'x 1st own' });
  });

  it('of the shell stay in v1.0.0', () => {
    const { steps: found } = parse('steps:\n  - cmd: x $HOME\n');
    expect(found[0]).toMatchObject({ cmd: 'x $HOME' });
  });
});

describe('what makes no sense is told with its place', () => {
  it.each([
    ['', '1:1', /not a mapping/],
    ['- a\n', '1:1', /not a mapping/],
    ['version: v2\nsteps: []\n', '1:1', /'v2' is not known; it is one of v1\.0\.0, v1\.1\.0/],
    ['steps: []\n', '1:1', /has no steps/],
    ['version: v1.1.0\nstep:\n', '2:1', /no property 'step'; did you mean 'steps'\?/],
    [steps('  - comd: x\n'), '3:5', /a step has no property 'comd'; did you mean 'cmd'\?/],
    [steps('  - id: x\n'), '3:5', /needs one of: build, push, cmd/],
    [
      steps('  - cmd: x\n    push: y\n'),
      '4:5',
      /is one of build, push and cmd, not 'cmd' and 'push'/,
    ],
    [steps('  - cmd: ""\n'), '3:5', /'cmd' is empty/],
    [steps('  - cmd: [a]\n'), '3:10', /'cmd' is not a text/],
    [
      steps('  - cmd: x\n    timeout: soon\n'),
      '4:14',
      /not a whole number from 0 to 28800: "soon"/,
    ],
    [steps('  - cmd: x\n    detach: maybe\n'), '4:13', /neither true nor false/],
    [steps('  - cmd: x\n    env: [A]\n'), '4:11', /NAME=value/],
    [steps('  - cmd: x\n    when: [y]\n'), '4:12', /not there: 'y'/],
    [steps('  - cmd: x\n    when: ["-", y]\n'), '4:12', /stands alone/],
    [steps('  - cmd: x\n    id: a\n    when: [a]\n'), '5:12', /waits for itself/],
    [
      steps(
        '  - {cmd: x, id: a, when: [b]}\n  - {cmd: x, id: b, when: [c]}\n  - {cmd: x, id: c, when: [a]}\n',
      ),
      '3:28',
      /wait for each other: a → b → c → a/,
    ],
    [
      steps('  - {cmd: x, id: a}\n  - {cmd: x, id: a}\n'),
      '4:14',
      /'a' is taken by the step in line 3/,
    ],
    [steps('  - {cmd: x, id: "a b"}\n'), '3:14', /no step id/],
    [steps('  - {cmd: x, network: n}\n'), '3:14', /no network 'n'/],
    [steps('  - {cmd: x, volumeMounts: [{name: v, mountPath: /v}]}\n'), '3:29', /no volume 'v'/],
    [steps('  - cmd: x $Regstry\n'), '3:12', /'Regstry' is not defined.*\$\$Regstry/],
    [
      'version: v1.1.0\nalias: {values: {a: $b, b: $a}}\nsteps: [{cmd: $a}]\n',
      '2:21',
      /'b' is defined by itself: b → a/,
    ],
    ['alias: {values: {a: b}}\nsteps: [{cmd: x}]\n', '1:1', /needs 'version: v1\.1\.0'/],
    [
      'version: v1.1.0\nalias: {src: [gone.yaml]}\nsteps: [{cmd: x}]\n',
      '2:15',
      /not there: 'gone\.yaml'/,
    ],
    [
      steps('  - cmd: x {{.Run.Id}}\n'),
      '3:12',
      /'\.Run\.Id' has no value; did you mean '\.Run\.ID'\?/,
    ],
    [steps('  - cmd: x {{.Values.nope}}\n'), '3:12', /give it with --set nope=/],
    [steps('  - cmd: x {{.Secrets.other}}\n'), '3:12', /give it with --set-secret other=/],
    [steps('  - cmd: x {{if .Run.ID}}\n'), '3:12', /only values like/],
    [steps('  - cmd: "x\n'), '4:1', /Missing closing|quote/],
    [steps('  - cmd: x\n    cmd: y\n'), '4:5', /unique/i],
    ['volumes: [{name: v, secret: {../a: YQ==}}]\nsteps: [{cmd: x}]\n', '1:11', /no file name/],
    ['volumes: [{name: v, secret: {a: "?"}}]\nsteps: [{cmd: x}]\n', '1:11', /not base64/],
  ])('%j', (text, place, message) => {
    try {
      parse(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TaskYamlError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toContain(`acb.yaml:${place}:`);
    }
  });

  it('also behind values that were put in, with the line and a caret', () => {
    const text = steps('  - {cmd: "{{.Run.Registry}} {{.Run.ID}}", nope: 1}\n');
    expect(() => parse(text)).toThrow(
      /acb\.yaml:3:44: a step has no property 'nope'\n {4}- \{cmd: "\{\{\.Run.*\n {45}\^$/,
    );
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...['version: v1.1.0\n', 'steps:\n', '- cmd: x\n', '  when: [a]\n', '{{.Run.ID}}', '{{', '$ID'],
    ...[
      '$nope',
      '&a ',
      '*a',
      ': ',
      '\n',
      ' ',
      '"',
      '[',
      '}',
      '\t',
      '? ',
      '!!str ',
      '|\n',
      'é',
      '\0',
    ],
  );
  it('is a task or an error with a place, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          parse(words.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(TaskYamlError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its places when values are put in', () => {
    const filler = fc.constantFrom('{{.Run.ID}}', '$ID', 'a', ' ', '\n', '{{.Values.greeting}}');
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 20 }), (before) => {
        const text = `version: v1.1.0\n# ${before.join('').replaceAll('\n', '\n# ')}\nnope: 1\nsteps: [{cmd: x}]\n`;
        const line = text.split('\n').indexOf('nope: 1') + 1;
        expect(() => parse(text)).toThrow(`acb.yaml:${line}:1: a task has no property 'nope'`);
      }),
    );
  });
});
