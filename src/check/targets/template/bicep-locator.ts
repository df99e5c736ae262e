import type { JsonObject } from '../../../base/json.js';
import { LineMap, type Span } from '../../../bicep/diagnostics/diagnostic.js';
import { DiagnosticSink } from '../../../bicep/diagnostics/sink.js';
import { resolvePath } from '../../../bicep/paths.js';
import type {
  Expression,
  ModuleStatement,
  Program,
  ResourceStatement,
} from '../../../bicep/syntax/nodes.js';
import { parseBicep } from '../../../bicep/syntax/parser.js';
import { keyText, literalText } from '../../../bicep/syntax/walk.js';
import { textOf } from '../../../template/functions/definition.js';
import type { ValuePath } from '../../../template/known-values.js';
import { armLocator } from './arm-locator.js';
import type { DeclaringTemplate } from './deployment-walk.js';
import { declarationsOf, type Place, type TemplateLocator } from './locator.js';

/** @returns undefined for a file that is not there */
export type ReadText = (path: string) => string | undefined;

interface ParsedFile {
  path: string;
  text: string;
  program: Program;
  lines: LineMap;
}

/** Finds values in the text of a Bicep file and of its modules. */
export function bicepLocator(path: string, read: ReadText): TemplateLocator {
  const files = new Map<string, ParsedFile | undefined>();
  const fileAt = (name: string): ParsedFile | undefined => {
    if (!files.has(name)) files.set(name, parseFile(name, read));
    return files.get(name);
  };
  const start = { position: { file: path, line: 1, column: 1 }, text: path };
  return {
    locate(chain, definition, valuePath) {
      let file = fileAt(path);
      for (const [index, around] of chain.entries()) {
        if (!file) break;
        const deployment = chain[index + 1]?.deployment;
        if (deployment === undefined) return locateIn(file, around, definition, valuePath) ?? start;
        const target = moduleTarget(file, around, deployment);
        if (target?.endsWith('.json')) {
          const text = read(target) ?? '';
          return armLocator({ path: target, text }).locate(
            chain.slice(index + 1),
            definition,
            valuePath,
          );
        }
        file = target === undefined ? undefined : fileAt(target);
      }
      return start;
    },
    parameter(name) {
      const file = fileAt(path);
      const statement = file?.program.statements.find(
        (one) => one.kind === 'param' && one.name.name === name,
      );
      return file && statement && placeOf(file, statement.span).position;
    },
  };
}

function parseFile(path: string, read: ReadText): ParsedFile | undefined {
  const text = read(path);
  if (text === undefined) return undefined;
  const program = parseBicep(text, new DiagnosticSink(path, text));
  return { path, text, program, lines: new LineMap(text) };
}

function placeOf(file: ParsedFile, span: Span): Place {
  const position = { file: file.path, ...file.lines.position(span.start) };
  return { position, text: file.text.slice(span.start, span.end) };
}

/** The compiler keeps the order of declarations within a type, and drops `existing` ones at most. */
function statementOf<T extends ResourceStatement | ModuleStatement>(
  statements: readonly T[],
  { template }: DeclaringTemplate,
  definition: JsonObject,
): T | undefined {
  const { type } = definition;
  const alike = declarationsOf(template).filter(
    (one) => one['type'] === type && one['existing'] !== true,
  );
  return statements[alike.indexOf(definition)];
}

function moduleTarget(
  file: ParsedFile,
  around: DeclaringTemplate,
  deployment: JsonObject,
): string | undefined {
  const modules = file.program.statements.filter((one) => one.kind === 'module');
  const statement = statementOf(modules, around, deployment);
  const written = statement && literalText(statement.path);
  return written === undefined ? undefined : resolvePath(file.path, written);
}

function locateIn(
  file: ParsedFile,
  around: DeclaringTemplate,
  definition: JsonObject,
  path: ValuePath,
): Place | undefined {
  const type = textOf(definition['type'] ?? null).toLowerCase();
  const resources = file.program.statements.filter(
    (one) =>
      one.kind === 'resource' &&
      !one.existing &&
      literalText(one.type)?.toLowerCase().startsWith(`${type}@`) === true,
  ) as ResourceStatement[];
  const statement = statementOf(resources, around, definition);
  return statement && placeOf(file, deepest(file.program, statement.value, path).span);
}

/** Follows a path as far as the text shows it: through loops, conditions, brackets and variables. */
function deepest(program: Program, node: Expression, path: ValuePath): Expression {
  switch (node.kind) {
    case 'if':
    case 'for':
      // The index of a loop's instance is no part of the text.
      return deepest(
        program,
        node.body,
        node.kind === 'for' && isIndex(path) ? path.slice(1) : path,
      );
    case 'parenthesized':
      return deepest(program, node.expression, path);
    case 'variable': {
      const { name } = node;
      const target = program.statements.find((one) => one.kind === 'var' && one.name.name === name);
      return target?.kind === 'var' && path.length > 0
        ? deepest(program, target.value, path)
        : node;
    }
    case 'object': {
      const [step, ...rest] = path;
      const property = node.properties.find(
        (one) => one.kind === 'property' && keyText(one) === step,
      );
      return property?.kind === 'property' ? deepest(program, property.value, rest) : node;
    }
    case 'array': {
      const [step, ...rest] = path;
      const item = typeof step === 'number' ? node.items[step] : undefined;
      return item && item.kind !== 'spread' ? deepest(program, item, rest) : node;
    }
    default:
      return node;
  }
}

function isIndex(path: ValuePath): boolean {
  return typeof path[0] === 'number';
}
