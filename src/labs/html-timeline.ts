import { escapeHtml } from './html.js';
import type { RunResult } from './run-result.js';
import { logEvents, type LogEvent } from './timeline.js';

const WIDTH = 1000;
const LABELS = 190;
const LANE = 24;
const TOP = 26;

interface Scale {
  x(at: number): number;
  seconds: number;
}

/** Steps and their gates, and the rows of each revision's system log, on one time axis; an SVG drawing. */
export function timelineSvg(run: RunResult): string {
  const events = logEvents(run).filter(({ revision }) => revision !== '');
  const revisions = [...new Set(events.map(({ revision }) => revision))];
  const phases = [...new Set(run.steps.map(({ phase }) => phase))];
  const scale = scaleOf(run);
  const lanes = [
    ...phases.map((phase) => ({ label: phase, marks: stepMarks(run, phase, scale) })),
    ...revisions.map((revision) => ({
      label: revision,
      marks: rowMarks(
        events.filter((event) => event.revision === revision),
        scale,
      ),
    })),
  ];
  const height = TOP + lanes.length * LANE + 4;
  const drawn = lanes.map(({ label, marks }, index) => {
    const y = TOP + index * LANE;
    return `<g transform="translate(0 ${y})"><text x="0" y="15">${escapeHtml(label)}</text>${marks.join('')}</g>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="timeline">${axis(scale, height)}${drawn.join('')}</svg>`;
}

function scaleOf(run: RunResult): Scale {
  const start = Date.parse(run.startedAt);
  const span = Math.max(run.milliseconds, 1);
  const x = (at: number): number =>
    Math.round(LABELS + (Math.min(Math.max(at - start, 0), span) / span) * (WIDTH - LABELS - 8));
  return { x, seconds: span / 1000 };
}

/** A line about every tenth of the run, at whole seconds. */
function axis(scale: Scale, height: number): string {
  const every = Math.max(1, Math.ceil(scale.seconds / 10));
  const count = Math.floor(scale.seconds / every) + 1;
  return Array.from({ length: count }, (_, index) => {
    const second = index * every;
    const x = Math.round(LABELS + (second / scale.seconds) * (WIDTH - LABELS - 8));
    return `<line class="axis" x1="${x}" x2="${x}" y1="16" y2="${height}"/><text class="axis" x="${x}" y="12">${second} s</text>`;
  }).join('');
}

function stepMarks(run: RunResult, phase: string, scale: Scale): string[] {
  return run.steps
    .filter((step) => step.phase === phase)
    .map((step) => {
      const begun = Date.parse(step.outcome.startedAt);
      const x = scale.x(begun);
      const width = Math.max(2, scale.x(begun + step.outcome.milliseconds) - x);
      const failed = !step.completed || step.gates.some((gate) => !gate.passed);
      const told = [step.title, ...step.gates.map(({ expect }) => expect)].join('\n');
      const kind = failed ? 'fail' : step.gates.length > 0 ? 'pass' : 'step';
      return `<rect class="${kind}" x="${x}" y="3" width="${width}" height="16"><title>${escapeHtml(told)}</title></rect>`;
    });
}

function rowMarks(events: readonly LogEvent[], scale: Scale): string[] {
  return events.map(
    ({ at, reason, message, isWarning }) =>
      `<circle class="${isWarning ? 'fail' : 'row'}" cx="${scale.x(at)}" cy="11" r="5"><title>${escapeHtml(`${reason}: ${message}`)}</title></circle>`,
  );
}
