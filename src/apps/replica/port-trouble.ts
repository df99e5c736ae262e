import type { Sandbox } from '../../runtime/runtime.js';
import type { Trouble } from '../trouble.js';
import type { ProbeSet } from './probe-set.js';

/** Failures in a row after which it is worth a look what else is open. */
const FAILURES = 3;

type PortTrouble = Extract<Trouble, { kind: 'port' | 'probe' }>;

/**
 * What is wrong with a program whose probes fail: it listens on other ports than the ingress asks, or what the probe says.
 *
 * @returns undefined while it is too early to tell
 */
export async function portTrouble(
  sandbox: Sandbox,
  targetPort: number,
  { lastFailure, countedFailures }: ProbeSet,
): Promise<PortTrouble | undefined> {
  if (lastFailure === undefined || countedFailures < FAILURES) return undefined;
  const listening = await sandbox.listeningPorts().catch((): number[] => []);
  return listening.length === 0 || listening.includes(targetPort)
    ? { kind: 'probe', ...lastFailure, restarted: false }
    : { kind: 'port', targetPort, listening };
}

/** As the system log says it. */
export function portMismatchRow({
  targetPort,
  listening,
}: Extract<Trouble, { kind: 'port' }>): string {
  return `The TargetPort ${targetPort} does not match the listening port ${listening.join(', ')}.`;
}
