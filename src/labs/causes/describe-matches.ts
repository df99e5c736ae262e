import type { Hit, Match } from './match-causes.js';

/** What to look at when nothing that was pasted points anywhere. */
export const WHAT_TO_COLLECT: readonly string[] = [
  'az containerapp logs show --name APP --resource-group GROUP --type system --tail 300',
  'az containerapp logs show --name APP --resource-group GROUP --type console --tail 100',
  'az containerapp revision list --name APP --resource-group GROUP --all --output json',
  'az deployment operation group list --name DEPLOYMENT --resource-group GROUP --output json',
  'az acr manifest show --registry REGISTRY --name REPOSITORY:TAG',
];

/** The causes that fit, for a person: the likeliest with its evidence, then the others in a line each. */
export function describeMatches(matches: readonly Match[], observed: number): string {
  const [best, ...others] = matches;
  if (!best) return describeNothing(observed);
  const equal = others.filter(({ score }) => score === best.score);
  const about = best.revision === undefined ? '' : ` (revision ${best.revision})`;
  const lines = [
    `${best.against.length === 0 ? 'likeliest cause' : 'likeliest cause, with something against it'}: ${best.cause}${about}`,
    ...hitLines('for', best.for),
    ...hitLines('against', best.against),
    `  fix:     ${indented(best.fix)}`,
    ...(best.confirm === undefined ? [] : [`  confirm: ${indented(best.confirm)}`]),
    ...(best.lab === undefined ? [] : [`  lab:     lazurite lab run ${best.lab}`]),
  ];
  if (others.length === 0) return lines.join('\n');
  const header =
    equal.length === 0
      ? 'it fits less well, but may be:'
      : 'it fits others as well or nearly so; confirm before you change anything:';
  return [...lines, '', header, ...others.map(describeOther)].join('\n');
}

function describeOther({ cause, score, lab, against }: Match): string {
  const told = against[0] === undefined ? '' : `; against it: ${against[0].shows}`;
  const reproduced = lab === undefined ? '' : `  (lazurite lab run ${lab})`;
  return `  ${String(score).padStart(2)}  ${cause}${told}${reproduced}`;
}

function hitLines(title: string, hits: readonly Hit[]): string[] {
  return hits.flatMap(({ shows, seen }, index) => [
    `  ${(index === 0 ? `${title}:` : '').padEnd(8)} ${shows}`,
    `             ${seen}`,
  ]);
}

function indented(text: string): string {
  return text.trim().replaceAll('\n', '\n           ');
}

function describeNothing(observed: number): string {
  return [
    `no known cause fits: ${observed} ${observed === 1 ? 'thing' : 'things'} in it, and none that points to one`,
    '  collect one of these, and ask again with lazurite doctor --from FILE:',
    ...WHAT_TO_COLLECT.map((command) => `    ${command}`),
  ].join('\n');
}
