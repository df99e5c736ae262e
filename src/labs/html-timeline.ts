import { cell, escapeHtml, htmlTable, mark } from './html.js';
import type { RevisionCourse } from './revision-course.js';
import type { RunResult, StepResult } from './run-result.js';
import type { LogEvent } from './timeline.js';

const WIDTH = 1000;
const LABELS = 190;
const MARGIN = 12;
const LANE = 26;
const TOP = 30;
const LONGEST_LABEL = 28;

interface Scale {
  x(at: number): number;
  seconds: number;
}

interface Lane {
  label: string;
  marks: string[];
}

/**
 * Commands with their gates, and each revision with the rows of its system log, on one time axis: an SVG
 * drawing. What is outside the run's time, such as rows of clocks that differ, is drawn at its edge.
 */
export function timelineSvg(
  run: RunResult,
  events: readonly LogEvent[],
  courses: readonly RevisionCourse[],
): string {
  const phases = [...new Set(run.steps.map(({ phase }) => phase))];
  const scale = scaleOf(run);
  const lanes = [
    ...phases.map((phase): Lane => {
      const steps = run.steps.filter((step) => step.phase === phase);
      return {
        label: phase,
        marks: [...steps.map(commandMark(scale)), ...gateMarks(steps, scale)],
      };
    }),
    ...courses.map((course): Lane => {
      const own = events.filter(({ revision }) => revision === course.revision);
      return {
        label: course.revision,
        marks: [lifeMark(course, scale), ...own.map(rowMark(scale))],
      };
    }),
  ];
  const height = TOP + lanes.length * LANE + 6;
  const drawn = lanes.map(({ label, marks }, index) => drawLane(label, marks, index));
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="timeline of commands, gates, revisions and log rows">${axis(scale, height)}${drawn.join('')}</svg>`;
}

/** What the drawing shows, in words and in order: for a phone, where nothing can be pointed at, and for a reader. */
export function timelineList(run: RunResult, events: readonly LogEvent[]): string {
  const start = Date.parse(run.startedAt);
  const gates = run.steps.flatMap(({ phase, gates: judged, outcome }) => {
    const at = Date.parse(outcome.startedAt) + outcome.milliseconds;
    return judged.map(({ passed, expect, actual }) => ({
      at,
      who: phase,
      what: passed ? mark('good', 'pass') : mark('bad', 'FAIL'),
      told: `${expect}: ${actual}`,
    }));
  });
  const rows = events.map(({ at, revision, reason, message, isWarning }) => ({
    at,
    who: revision,
    what: isWarning ? mark('bad', reason) : cell(reason),
    told: message,
  }));
  const all = [...gates, ...rows].sort((a, b) => a.at - b.at);
  const table = htmlTable(
    ['Time', 'Of', 'What', 'Seen'],
    all.map(({ at, who, what, told }) => [
      cell(`${((at - start) / 1000).toFixed(1)} s`),
      cell(who),
      what,
      cell(told),
    ]),
  );
  return `<details><summary>The ${all.length} gates and log rows in order</summary>${table}</details>`;
}

function drawLane(label: string, marks: readonly string[], index: number): string {
  const band =
    index % 2 === 0 ? `<rect class="band" x="0" width="${WIDTH}" height="${LANE}"/>` : '';
  const short = label.length <= LONGEST_LABEL ? label : `…${label.slice(1 - LONGEST_LABEL)}`;
  return `<g transform="translate(0 ${TOP + index * LANE})">${band}<text x="6" y="17">${escapeHtml(short)}<title>${escapeHtml(label)}</title></text>${marks.join('')}</g>`;
}

function scaleOf(run: RunResult): Scale {
  const start = Date.parse(run.startedAt);
  const span = Math.max(run.milliseconds, 1);
  const x = (at: number): number =>
    Math.round(
      LABELS + (Math.min(Math.max(at - start, 0), span) / span) * (WIDTH - LABELS - MARGIN),
    );
  return { x, seconds: span / 1000 };
}

/** A line about every tenth of the run, at whole seconds. */
function axis(scale: Scale, height: number): string {
  const every = Math.max(1, Math.ceil(scale.seconds / 10));
  const count = Math.floor(scale.seconds / every) + 1;
  return Array.from({ length: count }, (_, index) => {
    const second = index * every;
    const x = Math.round(LABELS + (second / scale.seconds) * (WIDTH - LABELS - MARGIN));
    const anchor = x > WIDTH - 40 ? 'end' : 'middle';
    return `<line class="axis" x1="${x}" x2="${x}" y1="20" y2="${height}"/><text class="axis" x="${x}" y="14" text-anchor="${anchor}">${second} s</text>`;
  }).join('');
}

const commandMark =
  (scale: Scale) =>
  ({ title, outcome, completed }: StepResult): string => {
    const begun = Date.parse(outcome.startedAt);
    const x = scale.x(begun);
    const width = Math.max(2, scale.x(begun + outcome.milliseconds) - x);
    const seconds = (outcome.milliseconds / 1000).toFixed(1);
    return `<rect class="${completed ? 'step' : 'fail'}" x="${x}" y="6" width="${width}" height="14" rx="2"><title>${escapeHtml(`${title}, ${seconds} s`)}</title></rect>`;
  };

/** Diamonds at the end of the command that they judge, beside each other. */
function gateMarks(steps: readonly StepResult[], scale: Scale): string[] {
  return steps.flatMap(({ gates, outcome }) => {
    const end = scale.x(Date.parse(outcome.startedAt) + outcome.milliseconds);
    return gates.map((gate, index) => {
      const x = Math.max(LABELS, end - index * 11);
      const told = `${gate.passed ? 'pass' : 'FAIL'}: ${gate.expect}\n${gate.actual}`;
      return `<path class="${gate.passed ? 'pass' : 'fail'}" d="M${x} 6l6 7l-6 7l-6 -7z"><title>${escapeHtml(told)}</title></path>`;
    });
  });
}

function lifeMark({ from, to, stoppedBy, revision }: RevisionCourse, scale: Scale): string {
  const x = scale.x(from);
  const width = Math.max(4, scale.x(to) - x);
  return `<rect class="life${stoppedBy ? ' bad' : ''}" x="${x}" y="4" width="${width}" height="18" rx="4"><title>${escapeHtml(revision)}</title></rect>`;
}

const rowMark =
  (scale: Scale) =>
  ({ at, reason, message, isWarning }: LogEvent): string =>
    `<circle class="${isWarning ? 'fail' : 'row'}" cx="${scale.x(at)}" cy="13" r="4.5"><title>${escapeHtml(`${reason}: ${message}`)}</title></circle>`;
