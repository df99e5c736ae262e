import { messageOf } from '../../base/failure.js';
import type { SourceFile } from '../source/position.js';
import { readYaml, type YamlDocument, type YamlValue } from '../source/yaml-value.js';
import { readAcrTask } from './acr-task.js';
import { readCompose } from './compose.js';
import { readContainerAppYaml } from './container-apps.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import { readDockerfile } from './dockerfile.js';
import {
  detectDocument,
  detectFile,
  DOCUMENT_KINDS,
  FILE_KINDS,
  type DocumentKind,
  type FileKind,
  type TargetKind,
} from './kind.js';
import { readKubernetes } from './kubernetes.js';
import { readAzurePipeline } from './pipeline/azure-pipeline.js';
import { readGitHubWorkflow } from './pipeline/github-workflow.js';
import { DEFAULT_PLATFORM, type ReadOptions } from './read-options.js';
import { readArmTemplate, readBicep, readBicepParam } from './template/bicep-target.js';

type FileReader = (file: SourceFile, options: ReadOptions) => Promise<TargetContents>;
type DocumentReader = (
  document: YamlValue,
  options: ReadOptions,
  file: SourceFile,
) => TargetContents;

const FILE_READERS: Readonly<Record<FileKind, FileReader>> = {
  dockerfile: (file, { platforms, buildArgs }) =>
    Promise.resolve(
      readDockerfile(file, {
        platforms: platforms ?? [DEFAULT_PLATFORM],
        because: platforms === undefined ? 'the default' : '--platform',
        buildArgs,
      }),
    ),
  'acr-task': (file, options) => Promise.resolve(readAcrTask(file, options)),
  bicep: readBicep,
  'bicep-parameters': readBicepParam,
  arm: readArmTemplate,
};

const DOCUMENT_READERS: Readonly<Record<DocumentKind, DocumentReader>> = {
  kubernetes: (document, options) => readKubernetes(document, options.platforms),
  'container-apps': readContainerAppYaml,
  compose: (document, options, file) => readCompose(document, file, options),
  'github-workflow': (document, options, file) => readGitHubWorkflow(document, file, options),
  'azure-pipeline': (document, options, file) => readAzurePipeline(document, file, options),
};

/** A file that was read, and what it or its documents are. */
export interface FileContents extends TargetContents {
  kinds: TargetKind[];
}

/**
 * Reads one file.
 *
 * @param forced the kind that the user says it is
 * @returns no kinds when it is none of those known
 */
export async function readTargetFile(
  file: SourceFile,
  options: ReadOptions,
  forced?: TargetKind,
): Promise<FileContents> {
  const kind = forced === undefined ? detectFile(file) : FILE_KINDS.find((one) => one === forced);
  if (kind !== undefined) return readWhole(file, kind, options);
  if (isHelmTemplate(file)) return { kinds: [], ...needsRendering(file) };
  return readDocuments(
    file,
    options,
    DOCUMENT_KINDS.find((one) => one === forced),
  );
}

async function readWhole(
  file: SourceFile,
  kind: FileKind,
  options: ReadOptions,
): Promise<FileContents> {
  try {
    return { kinds: [kind], ...(await FILE_READERS[kind](file, options)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kinds: [kind], ...unreadable(file, messageOf(error)) };
  }
}

function readDocuments(
  file: SourceFile,
  options: ReadOptions,
  forced: DocumentKind | undefined,
): FileContents {
  const kinds = new Set<DocumentKind>();
  const parts = readYaml(file).map((document) => {
    const kind = document.value && (forced ?? detectDocument(document.value));
    if (!document.value || !kind) return syntaxFindings(document);
    kinds.add(kind);
    return DOCUMENT_READERS[kind](document.value, options, file);
  });
  return { kinds: [...kinds], ...mergeContents(parts) };
}

function unreadable({ path }: SourceFile, why: string): TargetContents {
  const positions = [{ file: path, line: 1, column: 1 }];
  const message = `${path} can’t be read: ${why}.`;
  return { ...emptyContents(), findings: [{ code: 'LZ1502', message, positions }] };
}

function syntaxFindings({ problems }: YamlDocument): TargetContents {
  return {
    ...emptyContents(),
    findings: problems.slice(0, 1).map(({ message, position }) => ({
      code: 'LZ1502',
      message: `${position.file} is not YAML: ${message.replace(/\.$/, '')}.`,
      positions: [position],
    })),
  };
}

/** Go template actions of charts; other kinds have other things in double braces. */
function isHelmTemplate({ path, text }: SourceFile): boolean {
  return (
    /(^|\/)templates\/[^/]+/.test(path) && /\{\{-?\s*[^}]*\.(Values|Release|Chart)\b/.test(text)
  );
}

function needsRendering({ path }: SourceFile): TargetContents {
  const chart = path.replace(/(^|\/)templates\/.*$/, '') || '.';
  return {
    ...emptyContents(),
    findings: [
      {
        code: 'LZ1506',
        message: `${chart} is a Helm chart, whose templates name no image before they are rendered.`,
        fix: `helm template ${chart} | lazurite check -`,
        positions: [{ file: path, line: 1, column: 1 }],
      },
    ],
  };
}
