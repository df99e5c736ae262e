import { changedSettings } from './configuration-diff.js';
import type { Lab } from './definition.js';
import { courseDiagram, experimentDiagram } from './html-diagrams.js';
import { STYLE } from './html-style.js';
import { timelineList, timelineSvg } from './html-timeline.js';
import { ATTESTATION } from './image-platforms.js';
import { cell, escapeHtml, htmlTable, mark, paragraph } from './html.js';
import { isShown } from './report-tables.js';
import { revisionCourses } from './revision-course.js';
import type { RunResult } from './run-result.js';
import type { SeenApps } from './snapshots.js';
import { logEvents, platformRows } from './timeline.js';

type Section = [title: string, content: string];

/** The report of a run as one page that needs nothing else: no script, no font, no address outside it. */
export function formatHtml(lab: Lab, run: RunResult, seen: SeenApps): string {
  const body = sectionsOf(lab, run, seen).map(
    ([title, content]) => `<section><h2>${title}</h2>${content}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(`${lab.title}: ${run.verdict}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<p class="dim">Lab report</p>
<h1>${escapeHtml(lab.title)}</h1>
<p class="verdict ${run.verdict}"><strong>${run.verdict}</strong>: ${escapeHtml(run.reason)}.</p>
<p class="dim">${escapeHtml(circumstances(run))}</p>
${body.join('\n')}
</body>
</html>
`;
}

function sectionsOf(lab: Lab, run: RunResult, seen: SeenApps): Section[] {
  const events = logEvents(run, seen.log).filter(({ revision }) => revision !== '');
  const courses = revisionCourses(events);
  const timeline = timelineSvg(run, events, courses);
  return [
    ['Question', paragraph(lab.question)],
    ['Hypothesis', paragraph(`If ${lab.hypothesis.if}, then ${lab.hypothesis.then}.`)],
    ['The experiment', experimentDiagram(run)],
    [
      'Timeline',
      `<div class="wide">${timeline}</div><p class="legend">${LEGEND}</p>${timelineList(run, events)}`,
    ],
    ...(courses.length > 0
      ? [['How far each revision came', courseDiagram(courses)] satisfies Section]
      : []),
    ...configurationSection(seen),
    ...platformSection(run),
    ['What was seen', gatesTable(run)],
    ...measurementSection(lab, run),
    ...(run.verdict === 'supported' ? proseSections(lab) : []),
    ['Takeaway', paragraph(lab.takeaway)],
    ...(lab.supportTakeaway === ''
      ? []
      : [['For support', paragraph(lab.supportTakeaway)] satisfies Section]),
    ['Commands', commandsTable(run)],
  ];
}

const LEGEND =
  'Bars are commands; diamonds their gates, green when passed; below, each revision with the rows of its system log, red for warnings. Pointing at one shows what it is; the list below says it in words.';

function circumstances(run: RunResult): string {
  const seconds = (run.milliseconds / 1000).toFixed(1);
  const tools = Object.entries(run.tools).map(([tool, version]) => `${tool} ${version}`);
  return `Started ${run.startedAt}, took ${seconds} s, image admission ${run.imageAdmission}, Lazurite ${run.version}, ${tools.join(', ')}.`;
}

function gatesTable(run: RunResult): string {
  const rows = run.steps.flatMap((step) =>
    step.gates.map((gate) => [
      cell(step.phase),
      cell(gate.expect),
      gate.passed ? mark('good', 'pass') : mark('bad', 'FAIL'),
      cell(gate.actual),
    ]),
  );
  return htmlTable(['Phase', 'Expected', 'Result', 'Seen'], rows);
}

/** The settings that the fix changed. */
function configurationSection(seen: SeenApps): Section[] {
  const changed = changedSettings(seen);
  if (changed === undefined) return [];
  const title = 'Configuration before and after the fix';
  if (changed.length === 0) {
    return [
      [title, paragraph('No setting of an app changed: what was put right is outside of it.')],
    ];
  }
  const rows = changed.map(({ app, setting, before, after }) => [
    cell(`${app}: ${setting}`),
    mark('bad', before),
    mark('good', after),
  ]);
  return [[title, htmlTable(['Setting', 'Before', 'After'], rows)]];
}

/** What Container Apps runs: its column is there even where no image is for it. */
const NEEDED = 'linux/amd64';

/** One column for each platform that any of the images has. */
function platformSection(run: RunResult): Section[] {
  const rows = platformRows(run);
  if (rows.length === 0) return [];
  const others = new Set(rows.flatMap(({ platforms }) => platforms));
  const all = [NEEDED, ...[...others].filter((one) => one !== NEEDED).sort()];
  const table = htmlTable(
    ['Phase', 'Seen by', ...all.map((one) => (one === ATTESTATION ? 'attestation' : one))],
    rows.map(({ phase, command, platforms }) => [
      cell(phase),
      cell(command),
      ...all.map((one) => platformCell(one, platforms.includes(one))),
    ]),
  );
  return [['Platforms of the image', table]];
}

/** Only the platform that is needed is good or bad news. */
function platformCell(platform: string, isThere: boolean): string {
  if (platform !== NEEDED) return cell(isThere ? 'yes' : '–');
  return isThere ? mark('good', 'yes') : mark('bad', 'missing');
}

function measurementSection(lab: Lab, run: RunResult): Section[] {
  if (lab.measurements.length === 0) return [];
  const rows = lab.measurements.map((one) => [
    isShown(one, run) ? mark('good', one.tag) : mark('bad', 'not shown'),
    cell(one.statement),
  ]);
  return [['Measurement', htmlTable(['', 'Statement'], rows)]];
}

/** What the author concluded, told only of a run that bears it out. */
function proseSections(lab: Lab): Section[] {
  const parts: Section[] = [
    ['Analysis', lab.analysis],
    ['Conclusion', lab.conclusion],
    ['Solution', lab.solution],
    ['Prevention', lab.prevention],
  ];
  return parts.flatMap(([title, text]): Section[] =>
    text === '' ? [] : [[title, paragraph(text)]],
  );
}

function commandsTable(run: RunResult): string {
  const rows = run.steps.map(({ phase, command, outcome, evidence }) =>
    [
      phase,
      command,
      String(outcome.exitCode ?? 'ended'),
      `${(outcome.milliseconds / 1000).toFixed(1)} s`,
      evidence,
    ].map(cell),
  );
  return htmlTable(['Phase', 'Command', 'Exit', 'Time', 'Evidence'], rows);
}
