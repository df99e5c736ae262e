import { TEMPLATE_DEFAULTS } from '../template.js';
import type { Scale } from '../template.js';

/** What the scaler remembers of one revision; immutable. Times are milliseconds since the epoch. */
export interface ScalerState {
  readonly replicas: number;
  /** When so many replicas last were needed. */
  readonly neededAt: number;
}

export interface Load {
  /** Requests being answered or waiting for a replica. */
  inFlight: number;
  /** Replicas that custom rules ask for. */
  byRules?: number;
  /** Whether the revision has been ready since it was last started. */
  everReady: boolean;
}

/** A revision starts with one replica even if it may go to none: it has to show that it works. */
export function startScaler(scale: Scale, now: number): ScalerState {
  return { replicas: Math.max(1, scale.minReplicas), neededAt: now };
}

/**
 * How many replicas there should be. More come at once; fewer only after `cooldownPeriod` in which no
 * more were needed.
 */
export function nextScale(scale: Scale, state: ScalerState, load: Load, now: number): ScalerState {
  const needed = neededReplicas(scale, load);
  if (needed > state.replicas) return { replicas: needed, neededAt: now };
  if (needed === state.replicas) return { ...state, neededAt: now };
  if (!load.everReady || now - state.neededAt < scale.cooldownPeriod * 1000) return state;
  return { replicas: needed, neededAt: now };
}

/** @returns milliseconds until fewer replicas may do; undefined when nothing will change by itself */
export function untilScaleIn(scale: Scale, state: ScalerState, now: number): number | undefined {
  if (state.replicas <= scale.minReplicas) return undefined;
  return Math.max(0, state.neededAt + scale.cooldownPeriod * 1000 - now);
}

function neededReplicas(scale: Scale, load: Load): number {
  const perReplica = concurrencyOf(scale);
  const byLoad = perReplica === undefined ? 0 : Math.ceil(load.inFlight / perReplica);
  const wanted = Math.max(byLoad, load.byRules ?? 0, scale.minReplicas);
  return Math.min(wanted, Math.max(scale.maxReplicas, 1));
}

/** Azure's own HTTP rule is there only where no other is. */
function concurrencyOf(scale: Scale): number | undefined {
  const http = scale.rules.find(({ kind }) => kind === 'http' || kind === 'tcp');
  if (!http && scale.rules.length > 0) return undefined;
  const text = http?.metadata['concurrentRequests'] ?? http?.metadata['concurrentConnections'];
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : TEMPLATE_DEFAULTS.concurrentRequests;
}
