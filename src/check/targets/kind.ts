import type { SourceFile } from '../source/position.js';
import type { YamlValue } from '../source/yaml-value.js';
import { isAcrTask } from './acr-task.js';
import { isComposeFile } from './compose.js';
import { isContainerAppYaml } from './container-apps.js';
import { isKubernetesObject } from './kubernetes.js';
import { isAzurePipeline } from './pipeline/azure-pipeline.js';
import { isGitHubWorkflow } from './pipeline/github-workflow.js';

/** Kinds whose files are read as a whole. */
export const FILE_KINDS = ['dockerfile', 'bicep', 'bicep-parameters', 'arm', 'acr-task'] as const;
/** Kinds of YAML or JSON documents; one file may hold several. */
export const DOCUMENT_KINDS = [
  'kubernetes',
  'container-apps',
  'compose',
  'github-workflow',
  'azure-pipeline',
] as const;
/** What `--kind` takes; `image` is a reference on the command line. */
export const TARGET_KINDS = ['image', ...FILE_KINDS, ...DOCUMENT_KINDS] as const;

export type TargetKind = (typeof TARGET_KINDS)[number];
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type FileKind = (typeof FILE_KINDS)[number];

const DOCKERFILE_NAME =
  /(?:^|\/)(?:(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?|[\w.-]+\.(?:Dockerfile|Containerfile))$/i;
/** Comments and directives, then the first instruction. */
const DOCKERFILE_TEXT = /^(?:\s*(?:#[^\n]*)?\n)*\s*(?:ARG\s+\w+|FROM\s+(?:--platform=\S+\s+)?\S+)/i;

/** What a file is as a whole, by its name or its content; undefined for one of documents. */
export function detectFile({ path, text }: SourceFile): FileKind | undefined {
  if (/\.bicep$/i.test(path)) return 'bicep';
  if (/\.bicepparam$/i.test(path)) return 'bicep-parameters';
  if (DOCKERFILE_NAME.test(path) && !/\.dockerignore$/i.test(path)) return 'dockerfile';
  // Templates have comments, and task files need not be YAML before their values are in.
  if (/"\$schema"\s*:\s*"[^"]*deploymentTemplate\.json/i.test(text)) return 'arm';
  if (isAcrTask(text)) return 'acr-task';
  const isYamlOrJson = /\.(ya?ml|json)$/i.test(path);
  return !isYamlOrJson && DOCKERFILE_TEXT.test(text.slice(0, 64 * 1024)) ? 'dockerfile' : undefined;
}

/** What a YAML or JSON document is, by its content; undefined for one that is none of these. */
export function detectDocument(document: YamlValue): DocumentKind | undefined {
  if (isKubernetesObject(document)) return 'kubernetes';
  if (isGitHubWorkflow(document)) return 'github-workflow';
  if (isContainerAppYaml(document)) return 'container-apps';
  if (isComposeFile(document)) return 'compose';
  if (isAzurePipeline(document)) return 'azure-pipeline';
  return undefined;
}
