import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { crossCheck } from './cross-check.js';
import type { Lab } from './definition.js';
import { labOfDocument } from './lab-of-document.js';
import { LAB_SCHEMA } from './lab-schema.js';
import { validate, type DocumentPath, type Fault } from './validate.js';

/**
 * Reads a lab's definition.
 *
 * @param folder the lab's folder, or its `lab.yaml`
 * @throws Failure with every fault as `file:line:column: what`
 */
export function readLab(folder: string): Lab {
  const file = folder.endsWith('.yaml') ? resolve(folder) : join(resolve(folder), 'lab.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`there is no lab at ${folder}`, {
      why: codeOf(error) === 'ENOENT' ? `${file} does not exist` : messageOf(error),
      help: 'lazurite lab list',
      exitCode: 2,
      cause: error,
    });
  }
  return parseLab(text, file);
}

/** @throws Failure like {@link readLab} */
export function parseLab(text: string, file: string): Lab {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw faulty([`${file}:${line}:${col}: ${syntax.message.split('\n')[0] ?? ''}`]);
  }
  let value: Json;
  try {
    value = toJson(document.toJS());
  } catch (error) {
    throw faulty([`${file}:1:1: ${messageOf(error)}`]); // an alias without its anchor, or around itself
  }
  const faults = validate(value, LAB_SCHEMA);
  const more = faults.length === 0 && isJsonObject(value) ? crossCheck(value) : [];
  if (faults.length + more.length > 0 || !isJsonObject(value)) {
    throw faulty([...faults, ...more].map((fault) => place(fault, document, lines, file)));
  }
  return labOfDocument(value, dirname(file));
}

function faulty(lines: string[]): Failure {
  return new Failure(
    `the lab's definition has ${lines.length === 1 ? 'a fault' : `${lines.length} faults`}`,
    {
      why: lines.join('\n        '),
      help: 'the fields are in docs/reference/lab.schema.json',
      exitCode: 2,
    },
  );
}

function place(fault: Fault, document: Document, lines: LineCounter, file: string): string {
  const { line, col } = lines.linePos(offsetOf(fault.path, document));
  const where = fault.path.length === 0 ? '' : `${fault.path.join('.')}: `;
  return `${file}:${line}:${col}: ${where}${fault.message}`;
}

/** The offset of the node at the path, or of the nearest one around it. */
function offsetOf(path: DocumentPath, document: Document): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const start: unknown = node.range[0];
      if (typeof start === 'number') return start;
    }
  }
  return 0;
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json; // a round trip through JSON is JSON
}
