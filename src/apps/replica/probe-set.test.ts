import { beforeEach, describe, expect, it } from 'vitest';
import { template } from '../../../test/support/app-world.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import type { Sandbox, WatchTimes } from '../../runtime/runtime.js';
import type { Probe } from '../template.js';
import { planProbes } from './probe-plan.js';
import { ProbeSet } from './probe-set.js';

interface Watch extends WatchTimes {
  port: number;
  fail: () => void;
}

/** What the sandbox looks after now. */
let watches: Watch[];
let open: boolean;
let dials: number;
let woken: number;
let clock: FakeClock;
let events: string[];

beforeEach(() => {
  [watches, open, dials, woken, events] = [[], true, 0, 0, []];
  clock = new FakeClock();
});

const sandbox = {
  dial: () => {
    dials += 1;
    return open
      ? Promise.resolve({ on: () => undefined, destroy: () => undefined })
      : Promise.reject(new Error('refused'));
  },
  listeningPorts: () => Promise.resolve([8000]),
  watch: (port: number, times: WatchTimes, onFailed: () => void) => {
    const end = (): unknown => (watches = watches.filter((one) => one !== watch));
    const watch: Watch = {
      port,
      ...times,
      fail: () => {
        end();
        onFailed();
      },
    };
    watches.push(watch);
    return end;
  },
} as unknown as Sandbox;

function probesOf(probes: Probe[], ingressPort?: number): ProbeSet {
  const [container] = template({ image: 'x', probes }).containers;
  return new ProbeSet({
    plans: planProbes(container!, ingressPort),
    container: 'app',
    event: (_reason, message) => events.push(message),
    clock,
    startedAt: clock.now().getTime(),
    wake: () => (woken += 1),
  });
}

/** As the replica does: looks when something is due, until so much time has gone by. */
async function pass(probes: ProbeSet, ms: number): Promise<unknown> {
  const end = clock.now().getTime() + ms;
  for (;;) {
    const verdict = await probes.runDue(sandbox);
    if (verdict) return verdict;
    const wait = probes.untilDue();
    if (wait === undefined || clock.now().getTime() + wait > end) break;
    await clock.advance(wait);
  }
  await clock.advance(end - clock.now().getTime());
  return undefined;
}

const TCP: Probe = {
  type: 'Liveness',
  tcpSocket: { port: 8000 },
  periodSeconds: 7,
  failureThreshold: 3,
};

describe('a probe of a port', () => {
  it('is handed over to the sandbox once it has passed, with its period', async () => {
    const probes = probesOf([], 8000);
    await pass(probes, 5000);
    expect(watches).toMatchObject([{ port: 8000, everyMs: 5000, timeoutMs: 5000 }]); // readiness
    await pass(probes, 10_000);
    expect(watches.map(({ everyMs }) => everyMs)).toEqual([5000, 10_000]);
    const before = dials;
    await pass(probes, 600_000);
    expect([dials, probes.untilDue(), probes.ready]).toEqual([before, undefined, true]);
  });

  it('is taken back when it fails, which counts, and runs on by itself', async () => {
    const probes = probesOf([TCP]);
    await pass(probes, 0);
    open = false;
    watches[0]?.fail();
    expect(woken).toBe(1);
    expect(await probes.runDue(sandbox)).toBeUndefined();
    expect([events, probes.countedFailures, probes.untilDue()]).toEqual([
      ['Probe of Liveness failed with status code: 1'],
      1,
      7000,
    ]);
    expect(await pass(probes, 14_000)).toMatchObject({ kind: 'restart', probe: 'liveness' });
    expect(events.filter((event) => event.startsWith('Probe of'))).toHaveLength(3);
    expect(watches).toEqual([]);
  });

  it('is handed over again when it passes again', async () => {
    const probes = probesOf([TCP]);
    await pass(probes, 0);
    watches[0]?.fail();
    await pass(probes, 6999);
    expect(watches).toEqual([]);
    await pass(probes, 1);
    expect([watches.length, probes.countedFailures]).toEqual([1, 0]);
  });

  it('is left alone once its container has ended', async () => {
    const probes = probesOf([TCP]);
    await pass(probes, 0);
    probes.close();
    expect(watches).toEqual([]);
  });

  it.each<[string, Probe]>([
    ['has not passed often enough', { ...TCP, type: 'Readiness', successThreshold: 3 }],
    ['asks for whatever listens', { ...TCP, tcpSocket: { port: 0 } }],
  ])('stays here while it %s', async (_why, probe) => {
    const probes = probesOf([probe]);
    await pass(probes, 0);
    expect([watches, probes.untilDue()]).toEqual([[], 7000]);
  });
});
