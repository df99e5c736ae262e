import type { FileModel } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { unwrap } from '../syntax/walk.js';

/** The arguments of `getSecret(…)` or `az.getSecret(…)` in a parameters file; undefined for anything else. */
export function secretArguments(
  node: Expression,
  { bindings }: Pick<FileModel, 'bindings'>,
): readonly Expression[] | undefined {
  if (node.kind !== 'call' && node.kind !== 'instanceCall') return undefined;
  if (node.name.name !== 'getSecret') return undefined;
  const own =
    node.kind === 'call'
      ? !bindings.has(node)
      : bindings.get(unwrap(node.base))?.kind === 'namespace';
  return own ? node.args : undefined;
}

/** A secret is read when the deployment starts, so nothing can be made of it before. */
export function checkSecretCalls(model: FileModel): void {
  const assigned = new Set(model.assignments.map(({ statement }) => unwrap(statement.value)));
  for (const call of model.nodes.calls)
    if (secretArguments(call, model) && !assigned.has(call))
      model.sink.report(call.span, 'BCP351', 'getSecret');
}
