import type { NodeReader } from './node-reader.js';
import type { DraftStep } from './parse-step.js';
import type { Step } from './task.js';

/**
 * Gives each step the ids it waits for.
 *
 * @throws TaskYamlError for an id that is used twice, one that is not there, and for a circle
 */
export function orderSteps(reader: NodeReader, drafts: readonly DraftStep[]): Step[] {
  const byId = new Map<string, DraftStep>();
  for (const draft of drafts) {
    const other = byId.get(draft.id);
    if (other) {
      reader.fail(
        draft.idOffset,
        `the step id '${draft.id}' is taken by the step in line ${other.line}`,
      );
    }
    byId.set(draft.id, draft);
  }
  const steps = drafts.map((draft, index) => {
    for (const { id, offset } of draft.when ?? []) {
      if (id === draft.id) reader.fail(offset, `step '${id}' waits for itself`);
      if (!byId.has(id)) reader.fail(offset, `'when' names a step that is not there: '${id}'`);
    }
    const before = drafts[index - 1];
    const { when, idOffset, ...step } = draft;
    const after = when?.map(({ id }) => id) ?? (before ? [before.id] : []);
    return { step: { ...step, after }, offset: when?.[0]?.offset ?? idOffset };
  });
  refuseCircle(reader, steps);
  return steps.map(({ step }) => step);
}

function refuseCircle(reader: NodeReader, steps: readonly { step: Step; offset: number }[]): void {
  const places = new Map(steps.map((one) => [one.step.id, one]));
  const settled = new Set<string>();
  for (const { step } of steps) {
    const circle = findCircle(step.id, (id) => places.get(id)?.step.after ?? [], settled);
    if (circle === undefined) continue;
    const offset = places.get(circle[0] ?? '')?.offset ?? 0;
    reader.fail(offset, `these steps wait for each other: ${circle.join(' → ')}`);
  }
}

/** Walks without recursion: a task may have thousands of steps. */
function findCircle(
  start: string,
  after: (id: string) => readonly string[],
  settled: Set<string>,
): string[] | undefined {
  const path: { id: string; next: number }[] = [];
  const enter = (id: string): void => void path.push({ id, next: 0 });
  if (!settled.has(start)) enter(start);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = after(top.id)[top.next++];
    if (next === undefined) {
      settled.add(top.id);
      path.pop();
      continue;
    }
    const from = path.findIndex(({ id }) => id === next);
    if (from >= 0) return [...path.slice(from).map(({ id }) => id), next];
    if (!settled.has(next)) enter(next);
  }
  return undefined;
}
