import { formatPlatform, normalizePlatform, type Platform } from '../../oci/platform.js';
import type { YamlValue } from '../source/yaml-value.js';
import type { PlatformNeed } from './image-use.js';
import { DEFAULT_PLATFORM } from './read-options.js';

/** The platforms of the cluster's nodes, when the user says them. */
export type NodePlatforms = readonly Platform[] | undefined;

/** Which nodes a pod may be placed on, as far as their platform decides. */
export interface Placement {
  /** Empty when the pod's selectors exclude every node there is. */
  needs: PlatformNeed[];
  /** The conditions that were understood, e.g. `['nodeSelector kubernetes.io/arch=arm64']`. */
  conditions: string[];
}

const ARCH_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/** One requirement on a node's operating system or architecture. */
interface Requirement {
  field: 'os' | 'architecture';
  operator: string;
  values: string[];
  text: string;
}

/**
 * Reads node selector, operating system and node affinity of a pod. Without given platforms the nodes
 * are taken to be those that the pod itself speaks of, else linux/amd64.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function placePod(pod: YamlValue, given: NodePlatforms): Placement {
  const always = [...selectorRequirements(pod), ...operatingSystem(pod)];
  const affinity = pod.get('affinity', 'nodeAffinity');
  const required = affinity?.get('requiredDuringSchedulingIgnoredDuringExecution');
  // Terms are alternatives; what stands in one term must hold together.
  const terms = required?.get('nodeSelectorTerms')?.items.map(termRequirements) ?? [];
  const preferences = preferred(affinity);
  const spoken = [...always, ...terms.flat(), ...preferences.flatMap(({ requires }) => requires)];
  const nodes = given ?? spokenPlatforms(spoken);
  const fits = (node: Platform): boolean =>
    always.every((one) => holds(one, node)) &&
    (terms.length === 0 || terms.some((term) => term.every((one) => holds(one, node))));
  const conditions = [...new Set([...always, ...terms.flat()].map(({ text }) => text))];
  const because = conditions.length > 0 ? conditions.join(', ') : whence(given);
  return {
    needs: nodes.filter(fits).map((node) => {
      const weight = preferences
        .filter(({ requires }) => requires.length > 0 && requires.every((one) => holds(one, node)))
        .reduce((sum, preference) => sum + preference.weight, 0);
      return { platform: node, because, ...(weight > 0 && { preference: weight }) };
    }),
    conditions,
  };
}

function whence(given: NodePlatforms): string {
  return given === undefined ? 'the default node platform' : 'a node platform given';
}

function selectorRequirements(pod: YamlValue): Requirement[] {
  return (pod.get('nodeSelector')?.entries ?? []).flatMap(([label, value]) =>
    requirement(label, 'In', [value.text ?? ''], `nodeSelector ${label}=${value.text ?? ''}`),
  );
}

/** `spec.os.name`: the kubelet of another system refuses the pod. */
function operatingSystem(pod: YamlValue): Requirement[] {
  const name = pod.get('os', 'name')?.text;
  if (name === undefined) return [];
  return [{ field: 'os', operator: 'In', values: [name], text: `os.name=${name}` }];
}

function termRequirements(term: YamlValue): Requirement[] {
  return (term.get('matchExpressions')?.items ?? []).flatMap((expression) => {
    const label = expression.get('key')?.text ?? '';
    const operator = expression.get('operator')?.text ?? '';
    const values = expression.get('values')?.items.map((value) => value.text ?? '') ?? [];
    return requirement(
      label,
      operator,
      values,
      `nodeAffinity ${label} ${operator} [${values.join(', ')}]`,
    );
  });
}

function requirement(
  label: string,
  operator: string,
  values: string[],
  text: string,
): Requirement[] {
  if (ARCH_LABELS.includes(label)) return [{ field: 'architecture', operator, values, text }];
  return OS_LABELS.includes(label) ? [{ field: 'os', operator, values, text }] : [];
}

function preferred(affinity: YamlValue | undefined): { weight: number; requires: Requirement[] }[] {
  const entries = affinity?.get('preferredDuringSchedulingIgnoredDuringExecution')?.items ?? [];
  return entries.map((entry) => {
    const term = entry.get('preference');
    return {
      weight: Number(entry.get('weight')?.text ?? 0) || 0,
      requires: term ? termRequirements(term) : [],
    };
  });
}

/** Every node has both labels, so Exists is always true and DoesNotExist never; Gt and Lt need numbers. */
function holds({ field, operator, values }: Requirement, node: Platform): boolean {
  const wanted = values.map((value) => labelValue(field, value));
  switch (operator) {
    case 'In':
      return wanted.includes(node[field]);
    case 'NotIn':
      return !wanted.includes(node[field]);
    case 'Exists':
      return true;
    default:
      return false;
  }
}

/** Labels hold Go's names; people write `aarch64` and get no node, but the image is still the question. */
function labelValue(field: 'os' | 'architecture', value: string): string {
  return field === 'os'
    ? value.toLowerCase()
    : normalizePlatform({ os: 'linux', architecture: value }).architecture;
}

/** The platforms that selectors speak of: every named system with every named architecture. */
function spokenPlatforms(requirements: readonly Requirement[]): Platform[] {
  const named = (field: 'os' | 'architecture'): string[] =>
    requirements
      .filter((one) => one.field === field && one.operator === 'In')
      .flatMap((one) => one.values.map((value) => labelValue(field, value)));
  const architectures = new Set([...named('architecture'), DEFAULT_PLATFORM.architecture]);
  const systems = new Set([...named('os'), DEFAULT_PLATFORM.os]);
  return [...systems].flatMap((os) =>
    [...architectures].map((architecture) => normalizePlatform({ os, architecture })),
  );
}

/** `'linux/amd64, linux/arm64'` */
export function listPlatforms(platforms: readonly Platform[]): string {
  return platforms.map(formatPlatform).join(', ');
}
