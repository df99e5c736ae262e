import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Failure } from '../base/failure.js';
import { allLabs, findLab, inTeachingOrder, labNames } from './catalogue.js';
import type { Admission } from './definition.js';
import { LAB_SCHEMA } from './lab-schema.js';
import { parseLab } from './read-lab.js';
import { underAdmission } from './under-admission.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SCHEMA_FILE = join(ROOT, 'docs', 'reference', 'lab.schema.json');

const VALID = `name: small
title: Small
metadata: {difficulty: beginner, duration: d, tier: t, category: c, failureMode: f, skills: [s]}
question: q
hypothesis: {if: a, then: b}
setup: [{id: s, title: S, run: 'true'}]
trigger:
  - id: t
    title: T
    run: 'true'
    gates:
      - {id: g, expect: e, stdout: {contains: x}}
fix: [{id: f, title: F, run: 'true'}]
verify: [{id: v, title: V, run: 'true'}]
falsify: [{id: w, title: W, run: 'true'}]
reapply: [{id: r, title: R, run: 'true'}]
cleanup: [{id: c, title: C, run: 'true'}]
report: {log: [{action: a, expected: e, gates: [g]}], evidence: [{step: t, expected: e, gates: [g]}]}
takeaway: t
`;

function fault(text: string): string {
  try {
    parseLab(text, 'lab.yaml');
  } catch (error) {
    if (error instanceof Failure) return error.why ?? '';
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseLab', () => {
  it('reads steps in the order of the phases, with defaults', () => {
    const lab = parseLab(VALID, '/labs/small/lab.yaml');
    expect(lab.folder).toBe('/labs/small');
    expect(lab.steps.map(({ phase }) => phase)).toEqual([
      'setup',
      'trigger',
      'fix',
      'verify',
      'falsify',
      'reapply',
      'cleanup',
    ]);
    expect(lab.steps[1]).toMatchObject({
      timeout: 60,
      anyExit: false,
      gates: [{ id: 'g', precondition: false, check: { kind: 'contains', text: 'x' } }],
    });
  });

  it.each<[string, (text: string) => string, string]>([
    ['broken YAML', (t) => t.replace('question: q', 'question: [q'), 'lab.yaml:5:1: '],
    ['nothing', () => '', 'lab.yaml:1:1: must be a mapping, and is nothing'],
    [
      'a missing field',
      (t) => t.replace('question: q\n', ''),
      'lab.yaml:1:1: "question" is missing',
    ],
    [
      'an unknown field',
      (t) => t.replace('question: q', 'question: q\nanswer: a'),
      'lab.yaml:5:9: answer: "answer" is not known here',
    ],
    [
      'a field with a slip',
      (t) => t.replace('question: q', 'qestion: q'),
      'lab.yaml:4:10: qestion: "qestion" is not known here; "question" is',
    ],
    [
      'a wrong type',
      (t) => t.replace('question: q', 'question: [q]'),
      'lab.yaml:4:11: question: must be a text, and is a list',
    ],
    [
      'an unknown difficulty',
      (t) => t.replace('beginner', 'easy'),
      'lab.yaml:3:24: metadata.difficulty: "easy" is none of beginner, intermediate, advanced',
    ],
    [
      'an empty phase',
      (t) => t.replace("fix: [{id: f, title: F, run: 'true'}]", 'fix: []'),
      'lab.yaml:13:6: fix: needs at least one entry',
    ],
    ['a step twice', (t) => t.replace('id: v', 'id: f'), 'verify.0.id: "f" is used twice'],
    [
      'a gate without a check',
      (t) => t.replace(', stdout: {contains: x}', ''),
      'trigger.0.gates.0: needs one of "stdout" and "row"',
    ],
    [
      'a gate with two checks',
      (t) => t.replace('{contains: x}', '{contains: x, matches: y}'),
      'needs one of contains, matches and lacks',
    ],
    [
      'a broken expression',
      (t) => t.replace('{contains: x}', "{matches: '('}"),
      'Invalid regular expression',
    ],
    [
      'a report row without its gate',
      (t) => t.replace('expected: e, gates: [g]}],', 'expected: e, gates: [h]}],'),
      'report.log.0.gates.0: there is no "h"',
    ],
    [
      'a report row without its step',
      (t) => t.replace('step: t', 'step: x'),
      'report.evidence.0.step: there is no "x"',
    ],
    [
      'a time limit of nothing',
      (t) => t.replace("run: 'true'}]", "run: 'true', timeout: 0}]"),
      'setup.0.timeout: must be more than 0',
    ],
    [
      'a variable in lower case',
      (t) => t.replace("run: 'true'}]", "run: 'true', capture: app}]"),
      'setup.0.capture: "app" does not match',
    ],
    [
      'a clue without anything to look for',
      (t) => `${t}symptoms: {cause: c, fix: f, for: [{shows: s, weight: 3}]}`,
      'symptoms.for.0: needs one of "text" and "row"',
    ],
    [
      'a clue that is no expression',
      (t) => `${t}symptoms: {cause: c, fix: f, for: [{shows: s, weight: 3, row: {Msg: /(/}}]}`,
      'symptoms.for.0: Invalid regular expression',
    ],
    [
      'symptoms that nothing points to',
      (t) => `${t}symptoms: {cause: c, fix: f, for: [{shows: s, text: t}]}`,
      'symptoms.for: needs a clue with a weight of 3 or more',
    ],
    [
      'a retry without gates',
      (t) => t.replace("run: 'true'}]", "run: 'true', retry: {within: 1, every: 1}}]"),
      'needs gates to wait for',
    ],
  ])('places %s', (_name, change, expected) => {
    expect(fault(change(VALID))).toContain(expected);
  });

  it('tells all faults at once', () => {
    const text = VALID.replace('question: q\n', '').replace('beginner', 'easy');
    expect(fault(text).split('\n')).toHaveLength(2);
  });

  it('throws nothing but Failure, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(VALID.length), (text, at) => {
        for (const candidate of [text, VALID.slice(0, at) + text + VALID.slice(at)]) {
          try {
            parseLab(candidate, 'lab.yaml');
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the labs that come with Lazurite', () => {
  it('are all valid, and each is in the folder of its name', () => {
    expect(allLabs().map(({ name }) => name)).toEqual(labNames());
    expect(labNames()).toContain('acr-pull-failure');
  });

  it('are listed by category, the easiest first', () => {
    const lab = (name: string, category: string, difficulty: string) => ({
      name,
      category,
      difficulty,
    });
    const labs = [
      lab('d', 'registry', 'advanced'),
      lab('c', 'registry', 'beginner'),
      lab('a', 'registry', 'intermediate'),
      lab('e', 'ingress', 'advanced'),
    ];
    expect(inTeachingOrder(labs).map(({ name }) => name)).toEqual(['e', 'c', 'a', 'd']);
  });

  it('names the nearest lab for one that is not there', () => {
    expect(() => findLab('acr-pul-failur')).toThrow(Failure);
    try {
      findLab('acr-pul-failur');
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, help: 'lazurite lab run acr-pull-failure' });
    }
  });

  it.each(
    [...labNames(), 'common'].filter((name) =>
      existsSync(join(ROOT, 'labs', name, 'workload', 'bin')),
    ),
  )('%s builds the very binaries of workload/hello', (lab) => {
    const original = join(ROOT, 'workload', 'hello', 'bin');
    const copy = join(ROOT, 'labs', lab, 'workload', 'bin');
    for (const name of readdirSync(copy)) {
      expect(readFileSync(join(copy, name)).equals(readFileSync(join(original, name))), name).toBe(
        true,
      );
    }
  });
});

describe('underAdmission', () => {
  const lab = findLab('multi-arch-image-mismatch');
  const gates = (admission: Admission): string[] =>
    underAdmission(lab, admission).steps.flatMap((step) => step.gates.map(({ id }) => id));

  it('keeps what applies and drops the rest, in the tables too', () => {
    expect(gates('documented')).toContain('refused-as-documented');
    expect(gates('documented')).not.toContain('pull-failed');
    expect(gates('revision')).toContain('pull-failed');
    expect(gates('revision')).not.toContain('refused');
    const { log, measurements } = underAdmission(lab, 'api');
    const named = [...log, ...measurements].flatMap((row) => row.gates);
    expect(named.filter((gate) => !gates('api').includes(gate))).toEqual([]);
  });

  it('refuses a setting that the lab is not for', () => {
    expect(() => underAdmission(findLab('acr-pull-failure'), 'api')).toThrow(/does not work with/);
  });
});

it('docs/reference/lab.schema.json is the schema (LAZURITE_UPDATE_DOCS=1 rewrites it)', () => {
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') {
    writeFileSync(SCHEMA_FILE, JSON.stringify(LAB_SCHEMA, null, 2) + '\n');
  }
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(LAB_SCHEMA);
});
