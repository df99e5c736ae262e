import type { Json } from '../../base/json.js';
import { pathFault, resolvePath } from '../paths.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { literalText, unwrap } from '../syntax/walk.js';
import { TemplateError } from '../../template/template-error.js';
import { parseJsonc } from '../../template/jsonc.js';
import { directoryFiles } from './directory-content.js';
import { parseYaml } from './yaml-content.js';

/** Functions that the compiler evaluates: files read, names taken. Undefined for every other function. */
export function compileTimeValue(
  name: string,
  args: readonly Expression[],
  model: FileModel,
  node: Expression,
): Json | undefined {
  switch (name) {
    case 'loadTextContent':
      return loadText(args, model, node);
    case 'loadFileAsBase64': {
      const bytes = loadBytes(args, model, node);
      return bytes && Buffer.from(bytes).toString('base64');
    }
    case 'loadJsonContent':
      return loadStructured(args, model, node, parseJsonc);
    case 'loadDirectoryFileInfo':
      return directoryFiles(args, model, node);
    case 'loadYamlContent':
      return loadStructured(args, model, node, parseYaml);
    case 'nameof':
      return nameOf(args[0]);
    case 'readEnvironmentVariable':
      return environmentVariable(args, model);
    default:
      return undefined;
  }
}

function environmentVariable(args: readonly Expression[], model: FileModel): string | undefined {
  const texts = args.map((arg) => (arg.kind === 'string' ? literalText(arg) : undefined));
  const [name, fallback] = texts;
  const unknown = texts.indexOf(undefined);
  if (name === undefined || unknown >= 0) {
    const argument = args[unknown];
    if (argument) model.sink.report(argument.span, 'BCP032');
    return undefined;
  }
  const found = model.environment?.[name] ?? fallback;
  if (found !== undefined) return found;
  throw new TemplateError(
    'InvalidTemplate',
    `the environment variable "${name}" does not exist and no default value was given.`,
  );
}

function nameOf(node: Expression | undefined): string {
  const inner = node && unwrap(node);
  if (inner?.kind === 'variable') return inner.name;
  if (inner?.kind === 'propertyAccess' || inner?.kind === 'resourceAccess') return inner.name.name;
  if (inner?.kind === 'arrayAccess')
    return inner.index.kind === 'string' ? (literalText(inner.index) ?? '') : nameOf(inner.base);
  return '';
}

function loadBytes(
  args: readonly Expression[],
  model: FileModel,
  node: Expression,
): Uint8Array | undefined {
  const [path] = args;
  const text = path?.kind === 'string' ? literalText(path) : undefined;
  if (text === undefined) {
    model.sink.report(path?.span ?? node.span, 'BCP032');
    return undefined;
  }
  const wrong = pathFault(text);
  if (wrong) {
    model.sink.report(path?.span ?? node.span, wrong);
    return undefined;
  }
  const bytes = model.reader(resolvePath(model.path, text));
  if (!bytes) model.sink.report(path?.span ?? node.span, 'BCP091', `There is no file "${text}".`);
  return bytes;
}

function loadText(
  args: readonly Expression[],
  model: FileModel,
  node: Expression,
): string | undefined {
  const bytes = loadBytes(args, model, node);
  const encoding = args[1]?.kind === 'string' ? literalText(args[1]) : undefined;
  return bytes && new TextDecoder(encoding ?? 'utf-8').decode(bytes);
}

function loadStructured(
  args: readonly Expression[],
  model: FileModel,
  node: Expression,
  parse: (text: string) => Json,
): Json | undefined {
  const bytes = loadBytes(args, model, node);
  if (!bytes) return undefined;
  let value: Json;
  try {
    value = parse(new TextDecoder().decode(bytes));
  } catch {
    model.sink.report(args[0]?.span ?? node.span, 'BCP186');
    return undefined;
  }
  const path = args[1]?.kind === 'string' ? literalText(args[1]) : undefined;
  return path === undefined ? value : selectPath(value, path);
}

/** `$.a.b[0]` and `a.b`; more of JSONPath is not needed to pick a part of a file. */
function selectPath(value: Json, path: string): Json {
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]'"]+/g) ?? [];
  return steps.reduce<Json>((at, step) => {
    if (Array.isArray(at)) return at[Number(step)] ?? null;
    return typeof at === 'object' && at !== null ? (at[step] ?? null) : null;
  }, value);
}
