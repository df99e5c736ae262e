import { describe, expect, it } from 'vitest';
import { OrderedLog } from './ordered-log.js';

describe('OrderedLog', () => {
  it('shows the first part at once and the others in their turn', () => {
    const shown: string[] = [];
    const log = new OrderedLog((line) => shown.push(line));
    const [a, b, c] = [log.open(), log.open(), log.open()];
    b.log('b1');
    a.log('a1');
    c.log('c1');
    expect(shown).toEqual(['a1']);
    b.close();
    a.log('a2');
    a.close();
    expect(shown).toEqual(['a1', 'a2', 'b1', 'c1']);
    c.log('c2');
    expect(shown.at(-1)).toBe('c2');
  });
});
