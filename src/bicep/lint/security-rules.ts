import type { Span } from '../diagnostics/diagnostic.js';
import type { FileModel, ParamSymbol } from '../semantics/symbols.js';
import { printExpression } from '../syntax/printer.js';
import type { Decorator, Expression, ObjectNode } from '../syntax/nodes.js';
import { childrenOf, keyText, literalText, unwrap, walk } from '../syntax/walk.js';
import { resolveType } from '../types/declared-types.js';
import { saying, type Finding, type Linted, type Rule } from './rule.js';

/** Names that suggest a secret, and those that only sound like it. */
const SECRET = /password|pwd|secret|accountkey|acctkey/i;
const NO_SECRET = /secretpermissions|secretversion|secretur[il]|secretname/i;

/** What is to be kept secret. */
export const SECURITY_RULES: readonly Rule[] = [
  { code: 'outputs-should-not-contain-secrets', level: 'Warning', find: secretOutputs },
  saying(
    'secure-parameter-default',
    'Secure parameters should not have hardcoded defaults (except for empty or newGuid()).',
    secureDefaults,
  ),
  { code: 'secure-secrets-in-params', level: 'Warning', find: insecureSecrets },
  { code: 'adminusername-should-not-be-literal', level: 'Warning', find: literalUserNames },
];

function isSecure(decorators: readonly Decorator[]): boolean {
  return decorators.some(({ name }) => name.name === 'secure');
}

function* secretOutputs({ model }: Linted): Generator<Finding, undefined> {
  const prefix = 'Outputs should not contain secrets. Found possible secret: ';
  for (const { name, statement } of model.outputs) {
    if (isSecure(statement.decorators)) continue;
    if (/password/i.test(name))
      yield { span: statement.span, message: `${prefix}output name '${name}' suggests a secret` };
    for (const { span, message } of secretsIn(statement.value, model))
      yield { span, message: prefix + message };
  }
  return undefined;
}

/** Secure parameters, and what `list*()` answers. A property of a secure object is one, too. */
function* secretsIn(node: Expression, model: FileModel): Generator<Finding, undefined> {
  const symbol = model.bindings.get(node);
  if (symbol?.kind === 'param' && isSecure(symbol.statement.decorators))
    yield { span: node.span, message: `secure value '${symbol.name}'` };
  if (node.kind === 'propertyAccess') {
    const base = model.bindings.get(unwrap(node.base));
    if (base?.kind === 'param' && isSecure(base.statement.decorators)) {
      yield { span: node.name.span, message: `secure value '${printExpression(node)}'` };
      return undefined;
    }
  }
  const isList =
    (node.kind === 'call' || node.kind === 'instanceCall') &&
    /^list/i.test(node.name.name) &&
    symbol === undefined;
  if (isList) yield { span: node.span, message: `function '${node.name.name}'` };
  for (const child of childrenOf(node)) yield* secretsIn(child, model);
  return undefined;
}

function* secureDefaults({ model }: Linted): Generator<Span, undefined> {
  for (const { statement } of model.params) {
    const value = statement.defaultValue;
    if (!value || !isSecure(statement.decorators) || isHarmless(value, model)) continue;
    // From the sign: it is the default that should go, not the parameter.
    yield { start: statement.type.span.end + 1, end: value.span.end };
  }
  return undefined;
}

function isHarmless(value: Expression, model: FileModel): boolean {
  if (value.kind === 'string' && literalText(value) === '') return true;
  if (value.kind === 'object' && value.properties.length === 0) return true;
  const symbol = model.bindings.get(unwrap(value));
  if (symbol?.kind === 'param' && isSecure(symbol.statement.decorators)) return true;
  let isNew = false;
  walk(value, (node) => {
    isNew ||= node.kind === 'call' && node.name.name === 'newGuid';
  });
  return isNew;
}

function* insecureSecrets({ model }: Linted): Generator<Finding, undefined> {
  for (const symbol of model.params) {
    if (isSecure(symbol.statement.decorators)) continue;
    if (!looksSecret(symbol, model) && !defaultsToSecret(symbol, model)) continue;
    yield {
      span: symbol.statement.name.span,
      message: `Parameter '${symbol.name}' may represent a secret (according to its name) and must be declared with the '@secure()' attribute.`,
    };
  }
  return undefined;
}

function looksSecret({ name, statement }: ParamSymbol, model: FileModel): boolean {
  const type = resolveType({ node: statement.type, model })?.node;
  const takesSecrets =
    (type?.kind === 'typeName' && (type.name === 'string' || type.name === 'object')) ||
    type?.kind === 'objectType';
  return takesSecrets && SECRET.test(name) && !NO_SECRET.test(name);
}

function defaultsToSecret({ statement }: ParamSymbol, model: FileModel): boolean {
  let found = false;
  if (statement.defaultValue)
    walk(statement.defaultValue, (node) => {
      const symbol = model.bindings.get(node);
      found ||= symbol?.kind === 'param' && isSecure(symbol.statement.decorators);
    });
  return found;
}

function* literalUserNames({ model }: Linted): Generator<Finding, undefined> {
  // Few files have any, so that where they stand is looked at only then.
  if (model.nodes.objects.every((node) => userNamesOf(node).next().done === true)) return undefined;
  const found: Finding[] = [];
  for (const { body } of model.resources)
    walk(body, (node) => {
      if (node.kind === 'object') found.push(...userNamesOf(node));
    });
  yield* found;
  return undefined;
}

function* userNamesOf({ properties }: ObjectNode): Generator<Finding, undefined> {
  for (const member of properties) {
    const key = member.kind === 'property' ? keyText(member) : undefined;
    if (member.kind !== 'property' || key?.toLowerCase() !== 'adminusername') continue;
    const text = member.value.kind === 'string' ? literalText(member.value) : undefined;
    if (text !== undefined)
      yield {
        span: member.value.span,
        message: `Property 'adminUserName' should not use a literal value. Use a param instead. Found literal string value "${text}"`,
      };
  }
  return undefined;
}
