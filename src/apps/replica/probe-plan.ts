import type { AppContainer, Probe, ProbeType } from '../template.js';

export type ProbeAction =
  | { kind: 'tcp'; port: number }
  | {
      kind: 'http';
      port: number;
      /** `'/healthz'` */
      path: string;
      secure: boolean;
      headers: { name: string; value: string }[];
    };

/** One probe with every value settled. */
export interface ProbePlan {
  type: ProbeType;
  action: ProbeAction;
  initialDelayMs: number;
  periodMs: number;
  timeoutMs: number;
  successThreshold: number;
  failureThreshold: number;
  /**
   * Asked for by nobody: the platform's default. Such a startup probe also looks between its ticks, so
   * that a program which is up in milliseconds does not wait for the first one; only ticks count.
   */
  implicit: boolean;
}

/** Kubernetes' defaults for what a probe leaves out, which Azure passes on. */
const DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

/**
 * The container's probes. Where the ingress sends requests, each type that is not given gets the
 * platform's TCP probe of the target port.
 *
 * @param ingressPort the target port, for the container that gets the default probes
 * @see https://learn.microsoft.com/azure/container-apps/health-probes#default-configuration
 */
export function planProbes(container: AppContainer, ingressPort: number | undefined): ProbePlan[] {
  const given = container.probes.map(planGiven);
  if (ingressPort === undefined) return given;
  const missing = implicitProbes(ingressPort).filter(
    ({ type }) => !given.some((probe) => probe.type === type),
  );
  return [...given, ...missing];
}

function planGiven(probe: Probe): ProbePlan {
  const seconds = { ...DEFAULTS, ...definedOnly(probe) };
  return {
    type: probe.type,
    action: actionOf(probe),
    initialDelayMs: seconds.initialDelaySeconds * 1000,
    periodMs: seconds.periodSeconds * 1000,
    timeoutMs: seconds.timeoutSeconds * 1000,
    successThreshold: seconds.successThreshold,
    failureThreshold: seconds.failureThreshold,
    implicit: false,
  };
}

function definedOnly(probe: Probe): Partial<Record<keyof typeof DEFAULTS, number>> {
  const entries = Object.entries(probe).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(entries);
}

function actionOf(probe: Probe): ProbeAction {
  const { httpGet, tcpSocket } = probe;
  if (!httpGet) return { kind: 'tcp', port: tcpSocket?.port ?? 0 };
  const host = httpGet.host ? [{ name: 'Host', value: httpGet.host }] : [];
  return {
    kind: 'http',
    port: httpGet.port,
    path: httpGet.path ?? '/',
    secure: httpGet.scheme === 'HTTPS',
    headers: [...host, ...(httpGet.httpHeaders ?? [])],
  };
}

/** Startup may take four minutes; a port that stays shut for fifty seconds later restarts the container. */
function implicitProbes(port: number): ProbePlan[] {
  const common = {
    action: { kind: 'tcp', port } as const,
    successThreshold: 1,
    implicit: true,
  };
  const second = 1000;
  return [
    {
      ...common,
      type: 'Startup',
      initialDelayMs: second,
      periodMs: second,
      timeoutMs: 3 * second,
      failureThreshold: 240,
    },
    {
      ...common,
      type: 'Liveness',
      initialDelayMs: 10 * second,
      periodMs: 10 * second,
      timeoutMs: second,
      failureThreshold: 5,
    },
    {
      ...common,
      type: 'Readiness',
      initialDelayMs: 3 * second,
      periodMs: 5 * second,
      timeoutMs: 5 * second,
      failureThreshold: 48,
    },
  ];
}
