import { Cron } from 'croner';
import { parseMemory } from '../memory.js';
import type { ScaleRule } from '../template.js';

/** A rule that goes by what replicas use. */
export interface ResourceRule {
  kind: 'cpu' | 'memory';
  name: string;
  /** `'Utilization'` is percent of what containers ask for; `'AverageValue'` is cores or bytes a replica. */
  type: 'Utilization' | 'AverageValue';
  value: number;
}

/** A rule that goes by the clock. */
export interface CronRule {
  kind: 'cron';
  name: string;
  desiredReplicas: number;
  /** Whether it is between a start and the end that follows. */
  active(at: Date): boolean;
}

export type CustomRule = ResourceRule | CronRule;

/** Scalers of KEDA that there are here. */
export const CUSTOM_SCALERS = ['cpu', 'memory', 'cron'] as const;

/**
 * Reads a custom rule's metadata.
 *
 * @returns what is wrong with it, as a sentence's end: `"'start' is no cron expression"`
 * @see https://keda.sh/docs/2.17/scalers/
 */
export function readCustomRule(rule: ScaleRule): CustomRule | string {
  const kind = rule.customType?.toLowerCase();
  if (kind === 'cpu' || kind === 'memory') return readResourceRule(rule, kind);
  return kind === 'cron' ? readCronRule(rule) : `there is no scaler '${rule.customType ?? ''}'`;
}

function readResourceRule(rule: ScaleRule, kind: 'cpu' | 'memory'): ResourceRule | string {
  const { name, metadata } = rule;
  const text = metadata['value'] ?? '';
  const given = (metadata['type'] ?? 'Utilization').toLowerCase();
  if (given === 'utilization') {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value > 0) return { kind, name, type: 'Utilization', value };
    return `'value' must be a percentage such as '50', but is '${text}'`;
  }
  if (given !== 'averagevalue') {
    return `'type' must be 'Utilization' or 'AverageValue', but is '${metadata['type'] ?? ''}'`;
  }
  const value = kind === 'memory' ? parseMemory(text) : parseCores(text);
  if (value !== undefined && value > 0) return { kind, name, type: 'AverageValue', value };
  return `'value' must be an amount such as '${kind === 'memory' ? '256Mi' : '500m'}', but is '${text}'`;
}

/** `'500m'` and `'0.5'` are half a core. */
function parseCores(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  return match ? Number(match[1]) / (match[2] === 'm' ? 1000 : 1) : undefined;
}

function readCronRule({ name, metadata }: ScaleRule): CronRule | string {
  const timezone = metadata['timezone'] ?? '';
  const desired = metadata['desiredReplicas'] ?? '';
  if (!isTimezone(timezone)) return `'timezone' must be such as 'Asia/Seoul', but is '${timezone}'`;
  if (!/^\d+$/.test(desired)) return `'desiredReplicas' must be a number, but is '${desired}'`;
  const start = openCron(metadata['start'], timezone);
  const end = openCron(metadata['end'], timezone);
  if (!start || !end) {
    const which = start ? 'end' : 'start';
    return `'${which}' must be a cron expression of five fields, but is '${metadata[which] ?? ''}'`;
  }
  if (metadata['start'] === metadata['end']) return "'start' and 'end' must not be the same";
  const next = (cron: Cron, at: Date): number => cron.nextRun(at)?.getTime() ?? Infinity;
  return {
    kind: 'cron',
    name,
    desiredReplicas: Number(desired),
    active: (at) => next(end, at) < next(start, at),
  };
}

function isTimezone(text: string): boolean {
  if (text === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function openCron(text: string | undefined, timezone: string): Cron | undefined {
  if (text === undefined || text.trim().split(/\s+/).length !== 5) return undefined;
  try {
    return new Cron(text, { timezone, paused: true });
  } catch {
    return undefined;
  }
}
