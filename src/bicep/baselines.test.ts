import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileBicep, Compiler } from './compile.js';
import { formatDiagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticSink } from './diagnostics/sink.js';
import type { FileModel, FileReader } from './semantics/symbols.js';
import { lex } from './syntax/lexer.js';
import { parseBicep } from './syntax/parser.js';
import { printProgram } from './syntax/printer.js';

/** `npx vitest run src/bicep -u` rewrites every golden file; the difference is then reviewed. */
const ROOT = fileURLToPath(new URL('baselines/', import.meta.url));

const datasets = readdirSync(ROOT).sort();

describe.each(datasets)('baseline %s', (dataset) => {
  const folder = path.join(ROOT, dataset);
  const text = readFileSync(path.join(folder, 'main.bicep'), 'utf8');
  const reader: FileReader = (name) => {
    const file = path.join(folder, name);
    return existsSync(file) ? readFileSync(file) : undefined;
  };
  const golden = (name: string): string => path.join(folder, `main.${name}`);

  it('cuts the file into tokens', async () => {
    const tokens = lex(text, new DiagnosticSink('main.bicep', text));
    const lines = tokens.map(
      (token) => `${token.start}-${token.end} ${token.kind} ${JSON.stringify(token.text)}`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('tokens'));
  });

  it('parses to the same tree after printing', async () => {
    const sinkOf = (source: string): DiagnosticSink => new DiagnosticSink('main.bicep', source);
    const sink = sinkOf(text);
    const printed = printProgram(parseBicep(text, sink));
    await expect(printed).toMatchFileSnapshot(golden('printed'));
    // What was not understood is printed as far as it was.
    if (!sink.hasErrors) expect(printProgram(parseBicep(printed, sinkOf(printed)))).toBe(printed);
  });

  it('binds names', async () => {
    const model = new Compiler(reader).file('main.bicep', []);
    await expect(`${describeSymbols(model)}\n`).toMatchFileSnapshot(golden('symbols'));
  });

  it('reports its diagnostics', async () => {
    const { diagnostics } = compileBicep('main.bicep', reader);
    await expect(
      diagnostics.map((found) => `${formatDiagnostic(found)}\n`).join(''),
    ).toMatchFileSnapshot(golden('diagnostics'));
  });

  it('emits its template, or none when there are errors', async () => {
    const { template, diagnostics } = compileBicep('main.bicep', reader, { version: 'dev' });
    const failed = diagnostics.some(({ level }) => level === 'Error');
    expect(template === undefined).toBe(failed);
    if (template)
      await expect(`${JSON.stringify(template, undefined, 2)}\n`).toMatchFileSnapshot(
        golden('json'),
      );
  });
});

function describeSymbols(model: FileModel | undefined): string {
  if (!model) return 'no model';
  const declared = [...model.symbols.values()].map(
    (symbol) => `${symbol.kind} ${symbol.name}${model.used.has(symbol) ? '' : ' (unused)'}`,
  );
  const resources = model.resources.map(
    (resource) =>
      `  ${resource.type}@${resource.apiVersion} ${resource.parent ? `${resource.parent.resource.name} > ` : ''}${resource.name}`,
  );
  const bound = [...model.bindings].map(
    ([node, symbol]) => `  ${node.span.start}-${node.span.end} -> ${symbol.kind} ${symbol.name}`,
  );
  return [...declared, 'resources:', ...resources, 'references:', ...bound].join('\n');
}
