import { afterEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  REGISTRY,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import type { ContainerUsage } from '../../runtime/runtime.js';
import type { Scale, ScaleRule } from '../template.js';
import { readCustomRule } from './custom-rule.js';

const IMAGE = `${REGISTRY}/busy:v1`;
let world: World;
afterEach(() => world.close());

/** It has half a core and 1 GiB. */
async function open(scale: Partial<Scale>, usage?: () => ContainerUsage): Promise<void> {
  world = await createWorld({ programs: { busy: { port: 8000, ...(usage && { usage }) } } });
  world.registry.images.set(IMAGE, 'busy');
  const whole: Scale = {
    ...{ minReplicas: 1, maxReplicas: 5, cooldownPeriod: 300, pollingInterval: 30, rules: [] },
    ...scale,
  };
  await world.service.putApp(appInput(template({ image: IMAGE }, { scale: whole })));
}

const custom = (customType: string, metadata: Record<string, string>): ScaleRule[] => [
  { name: 'rule', kind: 'custom', customType, metadata },
];
const replicas = (): number =>
  world.service.replicas(`${APP_KEY}/revisions/${world.latest()}`).filter((one) => !one.stopping)
    .length;

describe('a CPU rule', () => {
  it('adds replicas while they use more than the target, and lets go after the cooldown', async () => {
    let cores = 0.45; // of 0.5: 90%
    let begun = 0;
    await open({ rules: custom('cpu', { type: 'Utilization', value: '50' }) }, () => {
      begun ||= world.clock.now().getTime();
      return { cpuSeconds: (cores * (world.clock.now().getTime() - begun)) / 1000, memoryBytes: 1 };
    });
    await world.clock.until(() => replicas() === 2);
    expect(world.rows()).toContain('KEDAScalersStarted: Scaler cpu is built');
    expect(world.rows()).toContain(
      'SuccessfulRescale: New size: 2; reason: cpu resource utilization (percentage of request) above target',
    );
    cores = 0.001;
    await world.clock.until(() => replicas() === 1);
    expect(world.rows()).toContain(
      'SuccessfulRescale: New size: 1; reason: All metrics below target',
    );
  });

  it('never lets the last replica go', async () => {
    const idle = (): ContainerUsage => ({ cpuSeconds: 0, memoryBytes: 1 });
    const rules = custom('cpu', { value: '50' });
    await open({ minReplicas: 0, cooldownPeriod: 10, rules }, idle);
    await world.clock.advance(600_000);
    expect(replicas()).toBe(1);
  });

  it('says so where nothing counts', async () => {
    await open({ rules: custom('cpu', { value: '50' }) });
    await world.clock.until(() =>
      world.rows().some((row) => row.startsWith('FailedGetContainerResourceMetric')),
    );
    expect(replicas()).toBe(1);
  });
});

it.each([
  ['memory', { type: 'Utilization', value: '40' }, 2],
  ['memory', { type: 'AverageValue', value: '256Mi' }, 3],
  ['memory', { type: 'Utilization', value: '68' }, 1], // within the tolerance
  ['memory', { type: 'Utilization', value: '1' }, 5], // no more than there may be
])('a rule of %s with %j', async (type, metadata, expected) => {
  const MiB = 1024 ** 2;
  const used = (): ContainerUsage => ({ cpuSeconds: 0, memoryBytes: (720 * MiB) / replicas() });
  await open({ rules: custom(type, metadata) }, used);
  await world.clock.advance(120_000);
  expect(replicas()).toBe(expected);
});

describe('a cron rule', () => {
  const office = { timezone: 'Asia/Seoul', start: '0 9 * * *', end: '0 18 * * *' };

  it('holds its replicas from its start to its end', async () => {
    const tenMinutes = { timezone: 'UTC', start: '40 13 * * *', end: '50 13 * * *' };
    const rules = custom('cron', { ...tenMinutes, desiredReplicas: '3' });
    await open({ minReplicas: 0, cooldownPeriod: 60, rules });
    const minutes = (count: number): Promise<void> => world.clock.advance(count * 60_000);
    await minutes(3); // it was 13:34:59
    expect(replicas()).toBe(0);
    await minutes(3);
    expect(replicas()).toBe(3);
    expect(world.rows()).toContain(
      `KEDAScaleTargetActivated: Scaled revision '${world.latest()}' from 0 to 3`,
    );
    await minutes(12);
    expect(replicas()).toBe(0);
    expect(world.rows()).toContain(
      `KEDAScaleTargetDeactivated: Deactivated revision '${world.latest()}' from 3 to 0`,
    );
  });

  it.each([
    ['2026-06-20T00:30:00Z', true], // 9:30
    ['2026-06-20T10:00:00Z', false], // 19:00
    ['2026-06-19T23:59:59Z', false], // 8:59:59
  ])('at %s', (time, active) => {
    const [rule] = custom('cron', { ...office, desiredReplicas: '1' });
    const read = readCustomRule(rule!);
    expect(typeof read !== 'string' && read.kind === 'cron' && read.active(new Date(time))).toBe(
      active,
    );
  });
});
