import { isMap, parseDocument, type Document } from 'yaml';
import { messageOf } from '../../base/failure.js';
import { replaceAliases } from './aliases.js';
import { NodeReader, type Field } from './node-reader.js';
import { environment, parseStep } from './parse-step.js';
import { SourceText } from './source-text.js';
import { orderSteps } from './step-order.js';
import type { Task, TaskNetwork, TaskVolume } from './task.js';
import { renderTemplate, type TemplateValues } from './template.js';

export interface TaskFile {
  /** For messages, e.g. `'acr-task.yaml'`. */
  name: string;
  text: string;
  values: TemplateValues;
  /** Reads a file of `alias.src` by its path in the source; undefined when it is not there. */
  readFile?: (path: string) => string | undefined;
}

const TASK_FIELDS = [
  ...['version', 'stepTimeout', 'workingDirectory', 'env', 'secrets', 'networks', 'volumes'],
  ...['alias', 'steps'],
];
const VERSIONS = ['v1.0.0', 'v1.1.0'] as const;
const DEFAULT_STEP_TIMEOUT = 600;
const MAX_STEP_TIMEOUT = 28_800;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_STEPS = 1_000;

/**
 * Reads a task file: values put in, aliases put in, then the YAML, strictly.
 *
 * @throws TaskYamlError with the place in the file
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml
 */
export function parseTask(file: TaskFile): Task {
  const source = SourceText.of(file.name, file.text.replace(/^\uFEFF/, ''));
  if (file.text.length > MAX_FILE_BYTES) {
    throw source.errorAt(0, `the file is larger than ${MAX_FILE_BYTES} bytes`);
  }
  const rendered = renderTemplate(source, file.values);
  const first = readerOf(rendered);
  const version = versionOf(first);
  if (version === 'v1.0.0') {
    const alias = first.fields.get('alias');
    if (alias) first.reader.fail(alias.offset, "'alias' needs 'version: v1.1.0'");
    return taskOf(first, version);
  }
  const own = ownAliases(first, file);
  return taskOf(readerOf(replaceAliases(rendered, file.values.run, own)), version);
}

interface ReadDocument {
  reader: NodeReader;
  fields: Map<string, Field>;
}

function readerOf(source: SourceText): ReadDocument {
  const document = parseYaml(source);
  const reader = new NodeReader(document, source);
  if (!isMap(document.contents)) reader.fail(0, 'the file is not a mapping of properties');
  return { reader, fields: reader.fields(document.contents, 0, TASK_FIELDS, 'a task') };
}

/** @throws TaskYamlError where the text is no YAML */
export function parseYaml(source: SourceText): Document {
  const document = parseDocument(source.text, { prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw source.errorAt(error.pos[0], error.message);
  try {
    document.toJS({ maxAliasCount: 100, mapAsMap: true }); // refuses anchors that multiply without end
  } catch (cause) {
    throw source.errorAt(0, messageOf(cause));
  }
  return document;
}

function versionOf({ reader, fields }: ReadDocument): Task['version'] {
  const field = fields.get('version');
  const text = reader.text(field) ?? 'v1.0.0';
  const version = VERSIONS.find((known) => known === text);
  if (version) return version;
  return reader.fail(
    field?.offset ?? 0,
    `the version '${text}' is not known; it is one of ${VERSIONS.join(', ')}`,
  );
}

/** Values of the file go before those of the files it names. */
function ownAliases({ reader, fields }: ReadDocument, file: TaskFile): Map<string, string> {
  const alias = fields.get('alias');
  if (alias === undefined) return new Map();
  const parts = reader.fields(alias.node, alias.offset, ['values', 'src'], "'alias'");
  const values = reader.texts(parts.get('values'), "'alias.values'");
  const merged = new Map<string, string>();
  for (const item of reader.items(parts.get('src'))) {
    for (const [name, value] of sourceAliases(reader, item, file)) merged.set(name, value);
  }
  for (const [name, value] of values) merged.set(name, value);
  for (const name of merged.keys()) {
    if (/^[A-Za-z][A-Za-z0-9]*$/.test(name)) continue;
    reader.fail(alias.offset, `'${name}' is no alias: it must be letters and digits`);
  }
  return merged;
}

function sourceAliases(reader: NodeReader, item: Field, file: TaskFile): Map<string, string> {
  const path = reader.text(item) ?? '';
  if (/^[a-z]+:\/\//i.test(path)) {
    reader.fail(item.offset, `aliases of another host are not implemented: '${path}'`);
  }
  const text = file.readFile?.(path);
  if (text === undefined) return reader.fail(item.offset, `the alias file is not there: '${path}'`);
  const source = SourceText.of(path, text);
  const document = parseYaml(source);
  const field = { name: path, node: document.contents, offset: 0 };
  return new NodeReader(document, source).texts(field, 'an alias file');
}

function taskOf({ reader, fields }: ReadDocument, version: Task['version']): Task {
  const networks = networksOf(reader, fields.get('networks'));
  const volumes = volumesOf(reader, fields.get('volumes'));
  checkSecrets(reader, fields.get('secrets'));
  const steps = reader.items(fields.get('steps'));
  if (steps.length === 0) reader.fail(fields.get('steps')?.offset ?? 0, 'the task has no steps');
  if (steps.length > MAX_STEPS) {
    reader.fail(steps[MAX_STEPS]?.offset ?? 0, `a task has at most ${MAX_STEPS} steps`);
  }
  const defaults = {
    timeout: reader.number(fields.get('stepTimeout'), DEFAULT_STEP_TIMEOUT, MAX_STEP_TIMEOUT),
    workingDirectory: reader.text(fields.get('workingDirectory')),
    env: environment(reader, fields.get('env')),
    network: networks.find(({ isDefault }) => isDefault)?.name,
    networks: networks.map(({ name }) => name),
    volumes,
  };
  const drafts = steps.map((item, index) => parseStep(reader, item, { ...defaults, index }));
  return { version, steps: orderSteps(reader, drafts), networks, volumes };
}

function networksOf(reader: NodeReader, field: Field | undefined): TaskNetwork[] {
  const known = ['name', 'driver', 'ipv6', 'skipCreation', 'isDefault'];
  return reader.items(field).map((item) => {
    const fields = reader.fields(item.node, item.offset, known, 'a network');
    const name = reader.text(fields.get('name'));
    if (!name) return reader.fail(item.offset, "a network needs a 'name'");
    return {
      name,
      driver: reader.text(fields.get('driver')) ?? 'bridge',
      ipv6: reader.flag(fields.get('ipv6')),
      skipCreation: reader.flag(fields.get('skipCreation')),
      isDefault: reader.flag(fields.get('isDefault')),
    };
  });
}

const FILE_NAME = /^[A-Za-z0-9._-]{1,255}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function volumesOf(reader: NodeReader, field: Field | undefined): TaskVolume[] {
  return reader.items(field).map((item) => {
    const fields = reader.fields(item.node, item.offset, ['name', 'secret'], 'a volume');
    const name = reader.text(fields.get('name'));
    if (!name) return reader.fail(item.offset, "a volume needs a 'name'");
    const files = new Map<string, Buffer>();
    for (const [file, text] of reader.texts(fields.get('secret'), "'secret'")) {
      if (!FILE_NAME.test(file) || /^\.+$/.test(file)) {
        reader.fail(item.offset, `'${file}' is no file name for the volume '${name}'`);
      }
      const content = text.replaceAll(/\s/g, '');
      if (!BASE64.test(content))
        reader.fail(item.offset, `the file '${file}' of the volume '${name}' is not base64`);
      files.set(file, Buffer.from(content, 'base64'));
    }
    return { name, files };
  });
}

/** A secret's value is put in before the file is read; here only the shape is judged. */
function checkSecrets(reader: NodeReader, field: Field | undefined): void {
  for (const item of reader.items(field)) {
    const fields = reader.fields(
      item.node,
      item.offset,
      ['id', 'keyvault', 'clientID'],
      'a secret',
    );
    if (!reader.text(fields.get('id'))) reader.fail(item.offset, "a secret needs an 'id'");
  }
}
