import { describe, expect, it } from 'vitest';
import { TrafficRecord } from './traffic-record.js';

describe('TrafficRecord', () => {
  it('counts answers and those with a 5xx status', () => {
    const record = new TrafficRecord();
    for (const status of [200, 404, 500, 503]) record.answered('a', status);
    expect(record.of('a')).toEqual({ answers: 4, failures: 2 });
    expect(record.of('b')).toEqual({ answers: 0, failures: 0 });
  });

  it('remembers the latest hundred', () => {
    const record = new TrafficRecord();
    for (let count = 0; count < 100; count++) record.answered('a', 500);
    for (let count = 0; count < 90; count++) record.answered('a', 200);
    expect(record.of('a')).toEqual({ answers: 100, failures: 10 });
  });

  it('remembers the last start from zero', () => {
    const record = new TrafficRecord();
    record.woken('a', 900);
    record.woken('a', 2100);
    expect(record.of('a').coldStartMs).toBe(2100);
  });

  it('forgets the revisions that it heard of longest ago', () => {
    const record = new TrafficRecord();
    record.answered('old', 200);
    record.answered('kept', 200);
    for (let count = 0; count < 998; count++) record.answered(`revision-${count}`, 200);
    record.answered('kept', 200);
    record.answered('one more', 200);
    expect(record.of('old').answers).toBe(0);
    expect(record.of('kept').answers).toBe(2);
  });
});
