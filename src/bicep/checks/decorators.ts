import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Decorator, Statement } from '../syntax/nodes.js';

const CONSTRAINTS = ['minLength', 'maxLength', 'minValue', 'maxValue', 'metadata', 'description'];

const ALLOWED: Partial<Record<Statement['kind'], readonly string[]>> = {
  param: [...CONSTRAINTS, 'allowed', 'secure', 'sealed', 'discriminator', 'validate'],
  output: [...CONSTRAINTS, 'secure', 'sealed', 'discriminator', 'validate'],
  type: [...CONSTRAINTS, 'secure', 'sealed', 'export', 'discriminator', 'validate'],
  var: ['description', 'export'],
  func: ['description', 'export'],
  metadata: ['description'],
  resource: [
    'description',
    'batchSize',
    'onlyIfNotExists',
    'nullIfNotFound',
    'retryOn',
    'waitUntil',
  ],
  module: ['description', 'batchSize', 'onlyIfNotExists'],
};

const CODES: Partial<Record<Statement['kind'], DiagnosticCode>> = {
  param: 'BCP125',
  var: 'BCP126',
  resource: 'BCP127',
  module: 'BCP128',
  output: 'BCP129',
  type: 'BCP297',
};

/** Decorators must be known, fit what they are on, and stand there once. */
export function checkDecorators(model: FileModel): void {
  for (const statement of model.program.statements) checkStatement(statement, model.sink);
  for (const { statement, loop } of [...model.resources, ...model.modules]) {
    const batchSize = statement.decorators.find(({ name }) => name.name === 'batchSize');
    if (batchSize) checkBatchSize(batchSize, loop !== undefined, model.sink);
  }
}

function checkStatement(statement: Statement, sink: DiagnosticSink): void {
  const allowed = ALLOWED[statement.kind];
  const known = new Set(Object.values(ALLOWED).flat());
  const seen = new Set<string>();
  for (const { name, span } of statement.decorators) {
    if (name.name === '') continue;
    if (!known.has(name.name)) sink.report(name.span, 'BCP057', name.name);
    else if (!allowed) sink.report(name.span, 'BCP130');
    else if (!allowed.includes(name.name))
      sink.report(name.span, CODES[statement.kind] ?? 'BCP152', name.name);
    else if (seen.has(name.name)) sink.report(span, 'BCP166', name.name);
    seen.add(name.name);
  }
}

function checkBatchSize(decorator: Decorator, isLoop: boolean, sink: DiagnosticSink): void {
  if (!isLoop) sink.report(decorator.span, 'BCP155', 'batchSize');
  const [size] = decorator.args;
  if (size?.kind !== 'literal' || typeof size.value !== 'bigint')
    sink.report(size?.span ?? decorator.span, 'BCP032');
  else if (size.value < 1n) sink.report(size.span, 'BCP154', '1', size.value.toString());
}
