import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.js';
import {
  addLabel,
  parseWeights,
  removeLabel,
  splitTraffic,
  swapLabels,
  weightsOfLabels,
} from './traffic.js';

const LATEST = { latestRevision: true, weight: 100 };

function entry(revisionName: string, weight: number, label?: string): JsonObject {
  return { revisionName, weight, ...(label === undefined ? {} : { label }) };
}

describe('parseWeights', () => {
  it.each([['app--v1'], ['app--v1=101'], ['app--v1=-1'], ['app--v1=half'], ['app--v1=']])(
    'refuses %s',
    (word) => {
      expect(() => parseWeights([word])).toThrow('raffic weights must be');
    },
  );
});

describe('splitTraffic', () => {
  it.each<[string, JsonObject[], string[], JsonObject[]]>([
    [
      'takes from the newest what a revision gets',
      [LATEST],
      ['app--v1=30'],
      [
        { ...LATEST, weight: 70 },
        { ...entry('app--v1', 30), latestRevision: false },
      ],
    ],
    [
      'keeps the proportion of the others',
      [entry('a', 60), entry('b', 20), entry('c', 20)],
      ['c=60'],
      [entry('a', 30), entry('b', 10), entry('c', 60)],
    ],
    [
      'names the newest in any case of letters',
      [entry('a', 50), { ...LATEST, weight: 50 }],
      ['LATEST=0', 'A=100'],
      [entry('a', 100), { ...LATEST, weight: 0 }],
    ],
  ])('%s', (_name, traffic, words, expected) => {
    expect(splitTraffic(traffic, parseWeights(words))).toEqual(expected);
  });

  it('refuses more than all of it', () => {
    expect(() => splitTraffic([LATEST], parseWeights(['a=60', 'b=41']))).toThrow('not exceed 100');
  });

  it('always gives the named revisions what they were to have, and changes no argument', () => {
    const weights = fc
      .array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })
      .map((list) => list.map((weight, index) => entry(`r${index}`, weight)));
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 100 }), (traffic, weight) => {
        const before = structuredClone(traffic);
        const split = splitTraffic(traffic, [{ revision: 'r0', weight }]);
        expect(split[0]?.['weight']).toBeGreaterThanOrEqual(weight);
        expect(traffic).toEqual(before);
      }),
    );
  });
});

describe('labels', () => {
  const traffic = [entry('a', 50, 'blue'), entry('b', 50, 'green')];

  it('move from one revision to another', () => {
    expect(addLabel(traffic, { revision: 'b', label: 'BLUE' })).toEqual({
      traffic: [{ ...entry('a', 50), label: null }, entry('b', 50, 'BLUE')],
      takenFrom: 'a',
    });
    expect(addLabel([LATEST], { revision: 'latest', label: 'x' })).toEqual({
      traffic: [{ ...LATEST, label: 'x' }],
      takenFrom: undefined,
    });
    expect(addLabel([LATEST], { revision: 'a', label: 'x' }).traffic[1]).toEqual({
      ...entry('a', 0, 'x'),
      latestRevision: false,
    });
  });

  it('stand for the revisions that bear them', () => {
    expect(weightsOfLabels(traffic, parseWeights(['green=10']))).toEqual([
      { revision: 'b', weight: 10 },
    ]);
    expect(() => weightsOfLabels(traffic, parseWeights(['red=1', 'pink=2']))).toThrow(
      "No labels 'red, pink'",
    );
  });

  it('are swapped and removed, when they are there', () => {
    expect(swapLabels(traffic, 'blue', 'green')).toEqual([
      entry('a', 50, 'green'),
      entry('b', 50, 'blue'),
    ]);
    expect(() => swapLabels(traffic, 'blue', 'red')).toThrow("label 'red'");
    expect(() => swapLabels(traffic, 'red', 'blue')).toThrow("label 'red'");
    expect(() => swapLabels(traffic, 'red', 'pink')).toThrow("nor label 'pink'");
    expect(removeLabel(traffic, 'Blue')[0]).toMatchObject({ label: null });
    expect(() => removeLabel(traffic, 'red')).toThrow('Please specify a label name');
  });
});
