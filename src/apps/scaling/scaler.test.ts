import { describe, expect, it } from 'vitest';
import { nextScale, startScaler, untilScaleIn } from './scaler.js';
import type { Scale } from '../template.js';

const scale: Scale = {
  minReplicas: 0,
  maxReplicas: 5,
  cooldownPeriod: 300,
  pollingInterval: 30,
  rules: [],
};
const load = (inFlight: number, everReady = true) => ({ inFlight, everReady });

describe('the scaler', () => {
  it('starts with one replica even where none would do', () => {
    expect(startScaler(scale, 0).replicas).toBe(1);
    expect(startScaler({ ...scale, minReplicas: 3 }, 0).replicas).toBe(3);
  });

  it.each([
    ['nothing to do', 0, 1],
    ['ten requests, one replica', 10, 1],
    ['eleven requests', 11, 2],
    ['more than there may be', 1000, 5],
  ])('%s', (_name, inFlight, replicas) => {
    expect(nextScale(scale, startScaler(scale, 0), load(inFlight), 0).replicas).toBe(replicas);
  });

  it.each([
    ['http', { concurrentRequests: '2' }, 4],
    ['tcp', { concurrentConnections: '4' }, 2],
    ['http', { concurrentRequests: 'many' }, 1],
  ] as const)('follows a rule of kind %s with %j', (kind, metadata, replicas) => {
    const rules = [{ name: 'r', kind, metadata }];
    const state = startScaler(scale, 0);
    expect(nextScale({ ...scale, rules }, state, load(8), 0).replicas).toBe(replicas);
  });

  it('has no HTTP rule of its own where there is another', () => {
    const rules = [{ name: 'r', kind: 'custom', customType: 'cpu', metadata: {} }] as const;
    const state = startScaler(scale, 0);
    expect(nextScale({ ...scale, rules: [...rules] }, state, load(50), 0).replicas).toBe(1);
    const asked = { ...load(50), byRules: 3 };
    expect(nextScale({ ...scale, rules: [...rules] }, state, asked, 0).replicas).toBe(3);
  });

  it('lets go only after the cooldown, and not before it was ever ready', () => {
    const five = nextScale(scale, startScaler(scale, 0), load(50), 1000);
    expect(nextScale(scale, five, load(0), 300_999).replicas).toBe(5);
    expect(nextScale(scale, five, load(0), 301_000).replicas).toBe(0);
    expect(nextScale(scale, five, load(0, false), 301_000).replicas).toBe(5);
    expect(untilScaleIn(scale, five, 1000)).toBe(300_000);
    expect(untilScaleIn(scale, { replicas: 0, neededAt: 0 }, 1000)).toBeUndefined();
  });
});
