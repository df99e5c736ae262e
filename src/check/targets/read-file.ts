import type { SourceFile } from '../source/position.js';
import { readYaml, type YamlDocument, type YamlValue } from '../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import { detectDocument, type DocumentKind } from './kind.js';
import { readKubernetes } from './kubernetes.js';
import type { ReadOptions } from './read-options.js';

type DocumentReader = (
  document: YamlValue,
  file: SourceFile,
  options: ReadOptions,
) => TargetContents;

const DOCUMENT_READERS: Readonly<Record<DocumentKind, DocumentReader>> = {
  kubernetes: (document, _file, options) => readKubernetes(document, options.platforms),
};

/** A file that was read, and what its documents are. */
export interface FileContents extends TargetContents {
  kinds: DocumentKind[];
}

/**
 * Reads one file.
 *
 * @param forced the kind that the user says it is
 * @returns no kinds when it is none of those known
 */
export function readTargetFile(
  file: SourceFile,
  options: ReadOptions,
  forced?: DocumentKind,
): FileContents {
  if (isHelmTemplate(file)) return { kinds: [], ...needsRendering(file) };
  const kinds = new Set<DocumentKind>();
  const parts = readYaml(file).map((document) => {
    const kind = document.value && (forced ?? detectDocument(document.value));
    if (!document.value || !kind) return syntaxFindings(document);
    kinds.add(kind);
    return DOCUMENT_READERS[kind](document.value, file, options);
  });
  return { kinds: [...kinds], ...mergeContents(parts) };
}

function syntaxFindings({ problems }: YamlDocument): TargetContents {
  return {
    ...emptyContents(),
    findings: problems.slice(0, 1).map(({ message, position }) => ({
      code: 'LZ1502',
      message: `${position.file} is not YAML: ${message}.`,
      positions: [position],
    })),
  };
}

/** Go template actions outside of strings that other kinds use them in. */
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
