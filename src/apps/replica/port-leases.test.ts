import { describe, expect, it } from 'vitest';
import { PortLeases } from './port-leases.js';
import type { LeaseHolder } from './port-leases.js';

function holder(replicaKey: string, changes: Partial<LeaseHolder> = {}) {
  const calls: string[] = [];
  const one: LeaseHolder = {
    appKey: 'app',
    replicaKey,
    label: replicaKey,
    mayEvict: true,
    yieldTo: (by) => calls.push(`yield to ${by.label}`),
    wake: () => calls.push('wake'),
    ...changes,
  };
  return { one, calls };
}

describe('PortLeases', () => {
  it('gives a port to one at a time and wakes who waits', () => {
    const leases = new PortLeases();
    const old = holder('old');
    const young = holder('young');
    expect(leases.acquire(80, old.one)).toBeUndefined();
    expect(leases.acquire(80, old.one)).toBeUndefined();
    expect(leases.acquire(80, young.one)).toEqual({ holder: old.one, yielding: true });
    expect(old.calls).toEqual(['yield to young']);
    leases.release(80, 'old');
    expect(young.calls).toEqual(['wake']);
    expect(leases.acquire(80, young.one)).toBeUndefined();
    expect(leases.acquire(81, old.one)).toBeUndefined();
  });

  it('takes nothing from another app, nor for one that has failed with it', () => {
    const leases = new PortLeases();
    const first = holder('first');
    leases.acquire(80, first.one);
    leases.acquire(80, holder('other', { appKey: 'other' }).one);
    leases.acquire(80, holder('failed', { mayEvict: false }).one);
    expect(first.calls).toEqual([]);
  });

  it('forgets who goes away while waiting', () => {
    const leases = new PortLeases();
    const waiting = holder('waiting');
    leases.acquire(80, holder('first').one);
    leases.acquire(80, waiting.one);
    leases.release(80, 'waiting');
    leases.release(80, 'first');
    expect(waiting.calls).toEqual([]);
  });
});
