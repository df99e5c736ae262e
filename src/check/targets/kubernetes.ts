import { MAX_YAML_DEPTH, type YamlValue } from '../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import type { ImageUse } from './image-use.js';
import { listPlatforms, placePod, type NodePlatforms } from './node-placement.js';

/** A pod's `spec`, and whose it is. */
interface Pod {
  spec: YamlValue;
  /** e.g. `'Deployment shop/web'` */
  owner: string;
}

/** Manifests nest little; what is deeper or larger than this is not walked to its end. */
const MAX_VISITED = 200_000;

/** Whether a document is an object of the Kubernetes API. */
export function isKubernetesObject(document: YamlValue): boolean {
  return document.get('apiVersion')?.text !== undefined && document.get('kind')?.text !== undefined;
}

/**
 * The images of one object: every workload kind, lists, and custom resources that hold pod specs
 * anywhere.
 *
 * @param nodes platforms of the cluster's nodes; when absent, what the pods' selectors speak of
 */
export function readKubernetes(document: YamlValue, nodes: NodePlatforms): TargetContents {
  return mergeContents(findPods(document).map((pod) => readPod(pod, nodes)));
}

function findPods(document: YamlValue): Pod[] {
  const pods: Pod[] = [];
  const budget = { left: MAX_VISITED };
  const visit = (value: YamlValue, owner: string, depth: number): void => {
    if (depth > MAX_YAML_DEPTH || budget.left-- <= 0) return;
    const inside = isKubernetesObject(value) ? describe(value) : owner;
    if (value.isMap && isPodSpec(value)) pods.push({ spec: value, owner: inside });
    else if (value.isMap) for (const [, member] of value.entries) visit(member, inside, depth + 1);
    else for (const item of value.items) visit(item, inside, depth + 1);
  };
  visit(document, '', 0);
  return pods;
}

/** A list of containers that name images: the shape that every pod spec has, wherever it stands. */
function isPodSpec(value: YamlValue): boolean {
  const containers = value.get('containers');
  return (
    containers?.isList === true &&
    containers.items.some((container) => container.get('image') !== undefined)
  );
}

function describe(object: YamlValue): string {
  const name = object.get('metadata', 'name')?.text ?? object.get('metadata', 'generateName')?.text;
  const namespace = object.get('metadata', 'namespace')?.text;
  const path = [namespace, name].filter((part) => part !== undefined).join('/');
  return `${object.get('kind')?.text ?? ''} ${path}`.trim();
}

const CONTAINER_LISTS = [
  ['initContainers', 'init container'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeral container'],
] as const;

function readPod({ spec, owner }: Pod, nodes: NodePlatforms): TargetContents {
  const { needs, conditions } = placePod(spec, nodes);
  const contents = emptyContents();
  for (const [list, noun] of CONTAINER_LISTS) {
    for (const container of spec.get(list)?.items ?? []) {
      const image = container.get('image');
      if (image?.text === undefined || image.text === '') continue;
      contents.uses.push({
        image: { text: image.text },
        position: image.textPosition,
        owner: `${owner}, ${noun} ${container.get('name')?.text ?? ''}`.trim(),
        puller: 'kubernetes',
        needs,
      });
    }
  }
  contents.uses.push(...imageVolumes(spec, owner));
  if (needs.length === 0 && contents.uses.length > 0) {
    contents.findings.push({
      code: 'LZ1110',
      message: `${owner} fits none of the node platforms ${listPlatforms(nodes ?? [])}.`,
      evidence: conditions,
      fix: `kubectl get nodes -L kubernetes.io/os,kubernetes.io/arch`,
      positions: [spec.position],
    });
  }
  return contents;
}

/** `volumes[].image.reference`: mounted, so any artifact will do. */
function imageVolumes(spec: YamlValue, owner: string): ImageUse[] {
  return (spec.get('volumes')?.items ?? []).flatMap((volume) => {
    const reference = volume.get('image', 'reference');
    if (reference?.text === undefined) return [];
    return [
      {
        image: { text: reference.text },
        position: reference.textPosition,
        owner: `${owner}, volume ${volume.get('name')?.text ?? ''}`.trim(),
        puller: 'kubernetes',
        needs: [],
        anyContent: true,
      },
    ];
  });
}
