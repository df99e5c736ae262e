import type { Json, JsonObject } from '../../base/json.js';
import { objectAt, objectsAt, textAt } from '../json-path.js';
import { ColouredText, type Colour } from './coloured-text.js';
import { writePropertyChanges } from './what-if-properties.js';
import { writeValue } from './what-if-values.js';

interface ChangeKind {
  symbol: string;
  colour: Colour;
  /** In the sentence of totals, e.g. `'to create'`. */
  total: string;
}

/** In the order in which they are shown. */
const CHANGES: Readonly<Record<string, ChangeKind>> = {
  Delete: { symbol: '-', colour: 'orange', total: 'to delete' },
  Create: { symbol: '+', colour: 'green', total: 'to create' },
  Deploy: { symbol: '!', colour: 'blue', total: 'to deploy' },
  Modify: { symbol: '~', colour: 'purple', total: 'to modify' },
  NoChange: { symbol: '=', colour: 'plain', total: 'no change' },
  Unsupported: { symbol: 'x', colour: 'grey', total: 'unsupported' },
  Ignore: { symbol: '*', colour: 'grey', total: 'to ignore' },
  NoEffect: { symbol: 'x', colour: 'grey', total: 'no effect' },
};
const ORDER = Object.keys(CHANGES);
const OTHER: ChangeKind = { symbol: '?', colour: 'plain', total: 'of another kind' };
const LEVEL_COLOURS: Readonly<Record<string, Colour>> = { Error: 'red', Warning: 'yellow' };

const NOTICE = `Note: The result may contain false positive predictions (noise).
You can help us improve the accuracy of the result by opening an issue here: https://aka.ms/WhatIfIssues
NOTICE! - Want to get What-if without noise? Move to Deployment Stacks What-If https://aka.ms/stackswhatifGA`;

/**
 * A what-if result for people, as the stock client words it.
 *
 * @param result `{ changes, potentialChanges, diagnostics }`
 */
export function whatIfText(result: JsonObject, coloured: boolean): string {
  const out = new ColouredText(coloured);
  const changes = objectsAt(result, 'changes');
  const potential = objectsAt(result, 'potentialChanges');
  out.line(NOTICE).line();
  writeLegend(out, changes);
  writeChanges(out, changes, 'The deployment will update the following ');
  out.line().add('Resource changes: ');
  out.add(changes.length === 0 ? 'no change.' : totals(changes));
  writeChanges(out, potential, 'The following change MAY OR MAY NOT be deployed to the following ');
  if (potential.length > 0) out.line().add('Potential changes: ').add(totals(potential));
  writeDiagnostics(out, [...changes, ...potential], objectsAt(result, 'diagnostics'));
  return out.toString();
}

function kindOf(change: Json): string {
  return textAt(change, 'changeType') ?? '';
}

function byOrder(one: string, other: string): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}

function writeLegend(out: ColouredText, changes: readonly JsonObject[]): void {
  if (changes.length === 0) return;
  const kinds = new Set<string>();
  const collect = (properties: readonly JsonObject[]): void => {
    for (const property of properties) {
      const kind = textAt(property, 'propertyChangeType') ?? '';
      kinds.add(kind === 'Array' ? 'Modify' : kind);
      collect(objectsAt(property, 'children'));
    }
  };
  for (const change of changes) {
    kinds.add(kindOf(change));
    collect(objectsAt(change, 'delta'));
  }
  out.add('Resource and property changes are indicated with ');
  out.line(kinds.size === 1 ? 'this symbol:' : 'these symbols:');
  for (const kind of [...kinds].sort(byOrder)) {
    const { symbol, colour } = CHANGES[kind] ?? OTHER;
    out.indent(1).add(symbol, colour).add(' ');
    out.line(kind.charAt(0) + kind.slice(1).toLowerCase());
  }
}

function totals(changes: readonly JsonObject[]): string {
  const kinds = changes.map(kindOf);
  const counted = ORDER.flatMap((kind) => {
    const count = kinds.filter((one) => one === kind).length;
    return count === 0 ? [] : [`${count} ${(CHANGES[kind] ?? OTHER).total}`];
  });
  return `${counted.join(', ')}.`;
}

function writeChanges(out: ColouredText, changes: readonly JsonObject[], head: string): void {
  if (changes.length === 0) return;
  const scopes = new Map<string, JsonObject[]>();
  for (const change of changes) {
    const key = splitId(change).scope.toUpperCase();
    scopes.set(key, [...(scopes.get(key) ?? []), change]);
  }
  out.line();
  out.line(`${head}${scopes.size === 1 ? 'scope:' : 'scopes:'}`);
  for (const [, inScope] of [...scopes].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const [first = {}] = inScope;
    out.line().line(`Scope: ${splitId(first).scope}`);
    const sorted = [...inScope].sort(
      (one, other) =>
        byOrder(kindOf(one), kindOf(other)) ||
        (splitId(one).relative < splitId(other).relative ? -1 : 1),
    );
    writeScope(out, sorted);
  }
}

function writeScope(out: ColouredText, changes: readonly JsonObject[]): void {
  for (const kind of ORDER) {
    const alike = changes.filter((change) => kindOf(change) === kind);
    if (alike.length === 0) continue;
    out.within((CHANGES[kind] ?? OTHER).colour, () => {
      for (const change of alike) writeChange(out, change, change === changes.at(-1));
    });
  }
}

function writeChange(out: ColouredText, change: JsonObject, isLast: boolean): void {
  const kind = kindOf(change);
  const before = objectAt(change, 'before');
  const after = objectAt(change, 'after');
  const [hasBefore, hasAfter] = [before, after].map((side) => Object.keys(side).length > 0);
  const delta = objectsAt(change, 'delta');
  out
    .line()
    .indent(1)
    .add(`${(CHANGES[kind] ?? OTHER).symbol} ${splitId(change).relative}`);
  const version = textAt(hasBefore ? before : after, 'apiVersion');
  if (version !== undefined) out.within('plain', () => out.add(` [${version}]`));
  if (kind === 'Create' && hasAfter) writeValue(out, after, 2);
  else if (kind === 'Delete' && hasBefore) writeValue(out, before, 2);
  else if (delta.length > 0) {
    out.within('plain', () => {
      out.line();
      writePropertyChanges(out, delta, 2);
    });
  } else if (isLast) out.line();
}

/** `'/subscriptions/1/resourceGroups/rg/providers/A.B/c/d'` → scope up to the group, and `'A.B/c/d'`. */
function splitId(change: JsonObject): { scope: string; relative: string } {
  const id = textAt(change, 'resourceId') ?? '';
  const match =
    /^\/?subscriptions\/([a-f0-9-]+)(?:\/resourceGroups\/([-\w._()]+))?(?:\/providers\/(.+))?$/i.exec(
      id,
    );
  if (!match) return { scope: '/', relative: id };
  const [, subscription = '', group, relative] = match;
  const scope = `/subscriptions/${subscription.toLowerCase()}`;
  if (group === undefined) return { scope, relative: relative ?? '' };
  if (relative === undefined) return { scope, relative: `resourceGroups/${group}` };
  return { scope: `${scope}/resourceGroups/${group}`, relative };
}

function writeDiagnostics(
  out: ColouredText,
  changes: readonly JsonObject[],
  diagnostics: readonly JsonObject[],
): void {
  const unsupported = changes.filter((change) => kindOf(change) === 'Unsupported');
  const count = unsupported.length + diagnostics.length;
  if (count === 0) return;
  out.line().line().line(`Diagnostics (${count}): `);
  for (const change of unsupported) {
    const reason = textAt(change, 'unsupportedReason') ?? 'None';
    out.within('yellow', () =>
      out.line(`${textAt(change, 'resourceId') ?? ''} (Unsupported) ${reason}`),
    );
  }
  for (const diagnostic of diagnostics) {
    const [target, code, message] = ['target', 'code', 'message'].map(
      (name) => textAt(diagnostic, name) ?? 'None',
    );
    const colour = LEVEL_COLOURS[textAt(diagnostic, 'level') ?? ''] ?? 'plain';
    out.within(colour, () => out.line(`${target ?? ''} (${code ?? ''}) ${message ?? ''}`));
  }
}
