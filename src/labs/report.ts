import type { Lab } from './definition.js';
import { list, table } from './markdown.js';
import {
  commandTable,
  evidenceTable,
  gateLines,
  logTable,
  measurementLine,
  seconds,
} from './report-tables.js';
import type { RunResult } from './run-result.js';

const VERDICT_TEXT = {
  supported: 'The hypothesis is **supported**',
  falsified: 'The hypothesis is **falsified**',
  invalid: 'The run is **invalid**: it says nothing about the hypothesis',
  open: 'The hypothesis is **open**',
} as const;

/**
 * The report of a run, in Markdown and in the sixteen sections of a troubleshooting lab. What was seen names
 * the evidence it rests on; what a lab's author concluded is told only of a run that bears it out.
 */
export function formatReport(lab: Lab, run: RunResult): string {
  const sections = sectionsOf(lab, run).map(([title, content], index) => {
    const number = index < NUMBERED ? `${index + 1}. ` : '';
    return `## ${number}${title}\n\n${content}`;
  });
  return [`# ${lab.title}`, verdictOf(run), about(lab, run), ...sections, ''].join('\n\n');
}

const NUMBERED = 16;

function sectionsOf(lab: Lab, run: RunResult): [title: string, content: string][] {
  const measurements = lab.measurements.map((one) => measurementLine(one, run));
  const sections: [string, string][] = [
    ['Question', lab.question],
    ['Setup', commandTable(run, ['require', 'setup'])],
    ['Hypothesis', `**IF** ${lab.hypothesis.if}, **THEN** ${lab.hypothesis.then}.`],
    ['Prediction', lab.prediction],
    ['Experiment', experimentOf(lab)],
    ['Execution', commandTable(run)],
    ['Observation', `### Experiment log\n\n${logTable(lab.log, run)}`],
    ['Measurement', list(measurements.length > 0 ? measurements : gateLines(run, ['observe']))],
    ['Analysis', analysisOf(lab, run)],
    ['Conclusion', conclusionOf(lab, run)],
    ['Falsification', listOr(gateLines(run, ['falsify', 'reapply']), 'It was not come to.')],
    ['Evidence', `### Expected evidence\n\n${evidenceTable(lab.evidence, run)}`],
    ['Solution', lab.solution || 'The commands of the phase fix, in section 6.'],
    [
      'Prevention',
      [lab.prevention, list(gateLines(run, ['prevent']))].filter(Boolean).join('\n\n'),
    ],
    ['Takeaway', lab.takeaway],
    ['Support takeaway', lab.supportTakeaway || `${lab.metadata.failureMode}. ${lab.takeaway}`],
    ['Clean up', commandTable(run, ['cleanup'])],
  ];
  return lab.seeAlso.length === 0 ? sections : [...sections, ['See also', list(lab.seeAlso)]];
}

function verdictOf(run: RunResult): string {
  return `${VERDICT_TEXT[run.verdict]}: ${run.reason}.`;
}

function about(lab: Lab, run: RunResult): string {
  const isolation = run.isolation === '' ? '' : `, isolation: ${run.isolation}`;
  return table(
    ['', ''],
    [
      ['Lab', lab.name],
      ['Started', run.startedAt],
      ['Took', seconds(run.milliseconds)],
      ['Lazurite', `${run.version}${isolation}, image admission: ${run.imageAdmission}`],
      ...Object.entries(run.tools).map(([tool, version]) => [`\`${tool}\``, version]),
      ...(run.mutation ? [['Broken on purpose', `its ${run.mutation}`]] : []),
      ['`az` of the scripts', run.az === 'own' ? "Lazurite's own" : 'the stock Azure CLI'],
      ['Difficulty', lab.metadata.difficulty],
      ['Duration', lab.metadata.duration],
      ['Tier', lab.metadata.tier],
      ['Category', lab.metadata.category],
      ['Failure mode', lab.metadata.failureMode],
    ],
  );
}

function experimentOf(lab: Lab): string {
  const phases = new Set(lab.steps.map(({ phase }) => phase));
  const course = `The phases, in order: ${[...phases].join(', ')}.`;
  if (lab.variables.length === 0) return course;
  const rows = lab.variables.map(({ name, control, experimental }) => [
    name,
    control,
    experimental,
  ]);
  return `${table(['Variable', 'Control', 'Experimental'], rows)}\n\n${course}`;
}

function analysisOf(lab: Lab, run: RunResult): string {
  if (run.verdict === 'supported') return lab.analysis || sentence(run.reason);
  return `${sentence(run.reason)} What the lab's author expected is not borne out by this run.`;
}

function conclusionOf(lab: Lab, run: RunResult): string {
  const verdict = verdictOf(run);
  return run.verdict === 'supported' && lab.conclusion !== ''
    ? `${verdict}\n\n${lab.conclusion}`
    : verdict;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function listOr(items: readonly string[], otherwise: string): string {
  return items.length === 0 ? otherwise : list(items);
}
