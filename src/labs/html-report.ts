import type { Lab } from './definition.js';
import { escapeHtml, htmlTable } from './html.js';
import { timelineSvg } from './html-timeline.js';
import { isShown } from './report-tables.js';
import type { RunResult } from './run-result.js';
import { platformRows } from './timeline.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --pass: #2a7d46; --fail: #b3261e; --row: #3267b1; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 70rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
svg { min-width: 44rem; width: 100%; font-size: 12px; }
svg text { fill: currentColor; } svg line.axis { stroke: var(--line); }
.pass { fill: var(--pass); } .fail { fill: var(--fail); } .row { fill: var(--row); } .step { fill: #888; }
.verdict { border-left: .4rem solid #888; padding: .4rem .8rem; }
.verdict.supported { border-color: var(--pass); } .verdict.falsified { border-color: var(--fail); }
`;

/** The report of a run as one page that needs nothing else: no script, no font, no address outside it. */
export function formatHtml(lab: Lab, run: RunResult): string {
  const sections: [string, string][] = [
    ['Question', paragraph(lab.question)],
    ['Hypothesis', paragraph(`IF ${lab.hypothesis.if}, THEN ${lab.hypothesis.then}.`)],
    ['Timeline', `<div class="wide">${timelineSvg(run)}</div>${paragraph(LEGEND)}`],
    ['What was seen', gatesTable(run)],
    ...platformSection(run),
    ...measurementSection(lab, run),
    ['Commands', commandsTable(run)],
    ['Takeaway', paragraph(lab.takeaway)],
  ];
  const body = sections.map(([title, content]) => `<h2>${title}</h2>${content}`).join('\n');
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
<h1>${escapeHtml(lab.title)}</h1>
<p class="verdict ${run.verdict}"><strong>${run.verdict}</strong>: ${escapeHtml(run.reason)}.</p>
${paragraph(circumstances(run))}
${body}
</body>
</html>
`;
}

const LEGEND =
  'Bars are commands, green when their gates passed; dots are rows of the system log, red for warnings. Pointing at one shows what it is.';

function circumstances(run: RunResult): string {
  const seconds = (run.milliseconds / 1000).toFixed(1);
  const tools = Object.entries(run.tools).map(([tool, version]) => `${tool} ${version}`);
  return `Started ${run.startedAt}, took ${seconds} s, image admission ${run.imageAdmission}, Lazurite ${run.version}, ${tools.join(', ')}.`;
}

function gatesTable(run: RunResult): string {
  const rows = run.steps.flatMap((step) =>
    step.gates.map((gate) => [
      step.phase,
      gate.expect,
      gate.passed ? 'pass' : 'FAIL',
      gate.actual,
      step.evidence,
    ]),
  );
  return htmlTable(['Phase', 'Expected', 'Result', 'Seen', 'Evidence'], rows);
}

/** One column for each platform that any of the indexes has. */
function platformSection(run: RunResult): [string, string][] {
  const rows = platformRows(run);
  if (rows.length === 0) return [];
  const all = [...new Set(rows.flatMap(({ platforms }) => platforms))].sort();
  const table = htmlTable(
    ['Index shown by', ...all],
    rows.map(({ command, platforms }) => [
      command,
      ...all.map((platform) => (platforms.includes(platform) ? 'yes' : 'missing')),
    ]),
  );
  return [['Platforms of the image', table]];
}

function measurementSection(lab: Lab, run: RunResult): [string, string][] {
  if (lab.measurements.length === 0) return [];
  const rows = lab.measurements.map((one) => [
    isShown(one, run) ? one.tag : 'not shown',
    one.statement,
  ]);
  return [['Measurement', htmlTable(['', 'Statement'], rows)]];
}

function commandsTable(run: RunResult): string {
  const rows = run.steps.map(({ phase, command, outcome }) => [
    phase,
    command,
    String(outcome.exitCode ?? 'ended'),
    `${(outcome.milliseconds / 1000).toFixed(1)} s`,
  ]);
  return htmlTable(['Phase', 'Command', 'Exit', 'Time'], rows);
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}
