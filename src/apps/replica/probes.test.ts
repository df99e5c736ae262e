import { describe, expect, it } from 'vitest';
import { template } from '../../../test/support/app-world.js';
import type { Probe } from '../template.js';
import { planProbes } from './probe-plan.js';
import { afterProbe, startProbe } from './probe-state.js';
import type { ProbeResult, ProbeState } from './probe-state.js';

const container = (probes: Probe[]) => template({ image: 'x', probes }).containers[0]!;
const failed: ProbeResult = { ok: false, code: '1' };

describe('planProbes', () => {
  it('adds the defaults of the platform behind an ingress only', () => {
    expect(planProbes(container([]), undefined)).toEqual([]);
    expect(
      planProbes(container([]), 8000).map(({ type, action, failureThreshold, implicit }) => ({
        ...{ type, action, failureThreshold, implicit },
      })),
    ).toEqual([
      {
        type: 'Startup',
        action: { kind: 'tcp', port: 8000 },
        failureThreshold: 240,
        implicit: true,
      },
      {
        type: 'Liveness',
        action: { kind: 'tcp', port: 8000 },
        failureThreshold: 5,
        implicit: true,
      },
      {
        type: 'Readiness',
        action: { kind: 'tcp', port: 8000 },
        failureThreshold: 48,
        implicit: true,
      },
    ]);
  });

  it('keeps what is given, with the defaults of Kubernetes for the rest', () => {
    const httpGet = { port: 80, path: '/healthz', host: 'a.test', scheme: 'HTTPS' as const };
    const [plan, ...others] = planProbes(
      container([{ type: 'Startup', httpGet, periodSeconds: 5 }]),
      8000,
    );
    expect(plan).toEqual({
      type: 'Startup',
      action: {
        kind: 'http',
        port: 80,
        path: '/healthz',
        secure: true,
        headers: [{ name: 'Host', value: 'a.test' }],
      },
      initialDelayMs: 0,
      periodMs: 5000,
      timeoutMs: 1000,
      successThreshold: 1,
      failureThreshold: 3,
      implicit: false,
    });
    expect(others.map(({ type }) => type)).toEqual(['Liveness', 'Readiness']);
  });
});

describe('afterProbe', () => {
  const [startup, , readiness] = planProbes(container([]), 8000);
  const [explicit] = planProbes(
    container([{ type: 'Readiness', tcpSocket: { port: 1 }, successThreshold: 2 }]),
    undefined,
  );

  function run(state: ProbeState, results: [at: number, result: ProbeResult][]) {
    let step = { state, counted: false } as ReturnType<typeof afterProbe>;
    for (const [at, result] of results) step = afterProbe(step.state, result, at);
    return step;
  }

  it('lets an implicit startup probe look often between its ticks, without counting, for a while', () => {
    let state = startProbe(startup!, 0);
    const looks: number[] = [];
    const ticks: number[] = [];
    while (state.dueAt < 18_500) {
      looks.push(state.dueAt);
      const step = afterProbe(state, failed, state.dueAt);
      if (step.counted) ticks.push(state.dueAt);
      state = step.state;
    }
    expect(looks.slice(0, 10)).toEqual([10, 30, 70, 150, 310, 510, 710, 910, 1000, 1200]);
    expect(looks.slice(-5)).toEqual([14_800, 15_000, 16_000, 17_000, 18_000]);
    expect(ticks).toEqual(Array.from({ length: 18 }, (_, tick) => (tick + 1) * 1000));
    expect(state.failures).toBe(18);
  });

  it('passes at once when the port is open early', () => {
    const step = afterProbe(startProbe(startup!, 0), { ok: true }, 10);
    expect(step).toMatchObject({ verdict: 'passed', state: { passing: true } });
  });

  it('fails after as many failures as it may have, in a row, and says so once', () => {
    const results = Array.from({ length: 240 }, (_, tick): [number, ProbeResult] => [
      (tick + 1) * 1000,
      failed,
    ]);
    expect(run(startProbe(startup!, 0), results.slice(0, 239)).verdict).toBeUndefined();
    const last = run(startProbe(startup!, 0), results);
    expect(last.verdict).toBe('failed');
    expect(afterProbe(last.state, failed, 241_000).verdict).toBeUndefined();
  });

  it('needs as many successes as it is told', () => {
    const state = startProbe(explicit!, 0);
    const once = afterProbe(state, { ok: true }, 0);
    expect(once.verdict).toBeUndefined();
    const reset = afterProbe(once.state, failed, 1);
    expect(afterProbe(reset.state, { ok: true }, 2).verdict).toBeUndefined();
    expect(afterProbe(once.state, { ok: true }, 2).verdict).toBe('passed');
  });

  it('takes the implicit readiness for granted until it fails', () => {
    expect(startProbe(readiness!, 0).passing).toBe(true);
    expect(startProbe(explicit!, 0).passing).toBeUndefined();
  });
});
