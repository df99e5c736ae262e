import type { Scale } from '../template.js';
import { readCustomRule } from './custom-rule.js';
import type { CronRule, CustomRule, ResourceRule } from './custom-rule.js';

/** What one replica has used since it started, and what its containers ask for. */
export interface ReplicaUsage {
  cpuSeconds: number;
  memoryBytes: number;
  cores: number;
  memoryLimit: number;
}

/** A replica as the meter sees it. */
export interface Metered {
  /** Unique among those of a revision. */
  key: string;
  /** undefined where it cannot be measured */
  usage(): Promise<ReplicaUsage | undefined>;
}

/** How many replicas the custom rules of a revision ask for. */
export interface Demand {
  replicas: number;
  /** The rule that asks for the most, e.g. `'cpu resource utilization (percentage of request) above target'`. */
  reason?: string;
  /** Resources that could not be measured. */
  unmeasured: ('cpu' | 'memory')[];
}

export const NO_DEMAND: Demand = { replicas: 0, unmeasured: [] };

/** As the autoscaler of Kubernetes: a tenth above or below the target changes nothing. */
const TOLERANCE = 0.1;

interface Sample {
  at: number;
  cpuSeconds: number;
}

/** Looks at the custom rules of one revision, each polling interval anew. */
export class ScaleMeter {
  readonly #rules: CustomRule[];
  readonly #intervalMs: number;
  readonly #samples = new Map<string, Sample>();
  #demand = NO_DEMAND;
  #nextPollAt = 0;

  constructor(scale: Scale) {
    // a rule that is none was refused when the template was read
    this.#rules = scale.rules
      .filter(({ kind }) => kind === 'custom')
      .map(readCustomRule)
      .filter((rule) => typeof rule !== 'string');
    this.#intervalMs = Math.max(1, scale.pollingInterval) * 1000;
  }

  /** The scalers, as rows name them. */
  get scalers(): string[] {
    return this.#rules.map(({ kind }) => kind);
  }

  /** The last demand; a new one once the interval is over. */
  async look(replicas: readonly Metered[], now: number): Promise<Demand> {
    if (this.#rules.length === 0 || now < this.#nextPollAt) return this.#demand;
    this.#nextPollAt = now + this.#intervalMs;
    const measured = this.#measures() ? await this.#measure(replicas, now) : [];
    let demand = NO_DEMAND;
    const unmeasured: Demand['unmeasured'] = [];
    for (const rule of this.#rules) {
      const asked =
        rule.kind === 'cron' ? byClock(rule, now) : byUse(rule, measured, replicas.length);
      if (asked === undefined && rule.kind !== 'cron') unmeasured.push(rule.kind);
      else if (asked && asked.replicas > demand.replicas) demand = asked;
    }
    this.#demand = demand;
    return { ...demand, unmeasured }; // told once for each look
  }

  /** @returns milliseconds; undefined when there is nothing to look at */
  untilNext(now: number): number | undefined {
    if (this.#rules.length === 0) return undefined;
    return Math.max(1, this.#nextPollAt - now);
  }

  #measures(): boolean {
    return this.#rules.some(({ kind }) => kind !== 'cron');
  }

  async #measure(replicas: readonly Metered[], now: number): Promise<Measured[]> {
    const found = await Promise.all(
      replicas.map(async ({ key, usage }) => {
        const used = await usage();
        const before = this.#samples.get(key);
        if (used) this.#samples.set(key, { at: now, cpuSeconds: used.cpuSeconds });
        return used && { used, before };
      }),
    );
    const live = new Set(replicas.map(({ key }) => key));
    for (const key of this.#samples.keys()) if (!live.has(key)) this.#samples.delete(key);
    return found.flatMap((one) => (one ? [measuredOf(one.used, one.before, now)] : []));
  }
}

interface Measured {
  used: ReplicaUsage;
  /** Over the last interval; undefined for a replica that is looked at for the first time. */
  cores: number | undefined;
}

function measuredOf(used: ReplicaUsage, before: Sample | undefined, now: number): Measured {
  const seconds = before === undefined ? 0 : (now - before.at) / 1000;
  const cores =
    before === undefined || seconds <= 0
      ? undefined
      : Math.max(0, (used.cpuSeconds - before.cpuSeconds) / seconds);
  return { used, cores };
}

/** @returns undefined when nothing could be measured of replicas that are there */
function byUse(
  rule: ResourceRule,
  measured: readonly Measured[],
  count: number,
): Demand | undefined {
  if (count === 0) return { replicas: 1, unmeasured: [] };
  const values = measured.flatMap((one) => valueOf(rule, one));
  if (measured.length === 0) return undefined;
  // CPU needs two looks: until then as many as there are
  if (values.length === 0) return { replicas: count, unmeasured: [] };
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const ratio = average / rule.value;
  const replicas = Math.abs(ratio - 1) <= TOLERANCE ? count : Math.ceil(values.length * ratio);
  const what = rule.type === 'Utilization' ? 'utilization (percentage of request)' : 'average';
  const reason = `${rule.kind} resource ${what} above target`;
  // these rules alone never let the last replica go
  return { replicas: Math.max(1, replicas), reason, unmeasured: [] };
}

function valueOf(rule: ResourceRule, { used, cores }: Measured): number[] {
  const value = rule.kind === 'cpu' ? cores : used.memoryBytes;
  if (value === undefined) return [];
  if (rule.type === 'AverageValue') return [value];
  return [(100 * value) / (rule.kind === 'cpu' ? used.cores : used.memoryLimit)];
}

function byClock(rule: CronRule, now: number): Demand {
  const replicas = rule.active(new Date(now)) ? rule.desiredReplicas : 0;
  return { replicas, reason: `cron rule '${rule.name}' above target`, unmeasured: [] };
}
