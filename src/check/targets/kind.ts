import { isKubernetesObject } from './kubernetes.js';
import type { YamlValue } from '../source/yaml-value.js';

/** What `--kind` takes; `image` is a reference on the command line. */
export const TARGET_KINDS = ['image', 'kubernetes'] as const;

export type TargetKind = (typeof TARGET_KINDS)[number];

/** Kinds whose files are YAML or JSON; one file may hold several, document by document. */
export type DocumentKind = Exclude<TargetKind, 'image'>;

/** What a YAML or JSON document is, by its content; undefined for one that is none of these. */
export function detectDocument(document: YamlValue): DocumentKind | undefined {
  if (isKubernetesObject(document)) return 'kubernetes';
  return undefined;
}
