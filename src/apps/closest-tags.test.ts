import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestTags } from './closest-tags.js';

describe('closestTags', () => {
  it('names at most three, the likeliest first', () => {
    expect(closestTags('v1.2.3', ['latest', 'v1.2.4', 'v1.2.30', 'v9'])).toEqual([
      'v1.2.30',
      'v1.2.4',
      'v9',
    ]);
  });

  it('puts the tag itself first wherever it is', () => {
    const tag = fc.stringMatching(/^[a-z0-9.]{1,8}$/);
    fc.assert(
      fc.property(tag, fc.array(tag, { maxLength: 8 }), (wanted, others) => {
        expect(closestTags(wanted, [...others, wanted])[0]).toBe(wanted);
      }),
    );
  });
});
