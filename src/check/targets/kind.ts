import type { SourceFile } from '../source/position.js';
import type { YamlValue } from '../source/yaml-value.js';
import { isContainerAppYaml } from './container-apps.js';
import { isKubernetesObject } from './kubernetes.js';

/** Kinds whose files are read as a whole. */
export const FILE_KINDS = ['bicep', 'bicep-parameters', 'arm'] as const;
/** Kinds of YAML or JSON documents; one file may hold several. */
export const DOCUMENT_KINDS = ['kubernetes', 'container-apps'] as const;
/** What `--kind` takes; `image` is a reference on the command line. */
export const TARGET_KINDS = ['image', ...FILE_KINDS, ...DOCUMENT_KINDS] as const;

export type TargetKind = (typeof TARGET_KINDS)[number];
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type FileKind = (typeof FILE_KINDS)[number];

/** What a file is as a whole, by its name or its content; undefined for one of documents. */
export function detectFile({ path, text }: SourceFile): FileKind | undefined {
  if (/\.bicep$/i.test(path)) return 'bicep';
  if (/\.bicepparam$/i.test(path)) return 'bicep-parameters';
  // Templates have comments, so they are told from the text.
  if (/"\$schema"\s*:\s*"[^"]*deploymentTemplate\.json/i.test(text)) return 'arm';
  return undefined;
}

/** What a YAML or JSON document is, by its content; undefined for one that is none of these. */
export function detectDocument(document: YamlValue): DocumentKind | undefined {
  if (isKubernetesObject(document)) return 'kubernetes';
  if (isContainerAppYaml(document)) return 'container-apps';
  return undefined;
}
