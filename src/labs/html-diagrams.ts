import type { Phase } from './definition.js';
import { escapeHtml } from './html.js';
import { STATIONS, type RevisionCourse } from './revision-course.js';
import type { RunResult, StepResult } from './run-result.js';

/** What each part of the experiment shows when the hypothesis holds. */
const COURSE: readonly { phases: readonly Phase[]; name: string; shows: string }[] = [
  { phases: ['control'], name: 'control', shows: 'healthy' },
  { phases: ['trigger', 'observe'], name: 'trigger', shows: 'fails' },
  { phases: ['fix', 'verify'], name: 'fix', shows: 'healthy' },
  { phases: ['falsify'], name: 'revert', shows: 'fails again' },
  { phases: ['reapply'], name: 'fix again', shows: 'healthy' },
];

/** The experiment as a chain: what each part was to show, and whether it was seen. */
export function experimentDiagram(run: RunResult): string {
  const boxes = COURSE.flatMap(({ phases, name, shows }) => {
    const steps = run.steps.filter(({ phase }) => phases.includes(phase));
    if (name === 'control' && steps.length === 0) return [];
    const { kind, told } = outcomeOf(steps);
    return [box(kind, name, `${shows}: ${told}`)];
  });
  return chain(boxes);
}

/** How far each revision came on its way to serving, and what stopped it. */
export function courseDiagram(courses: readonly RevisionCourse[]): string {
  const rows = courses.map((course) => {
    const missing = STATIONS.filter((station) => !course.reached.has(station));
    const boxes = STATIONS.map((station) => {
      if (course.reached.has(station)) return box('good', station, '');
      return station === missing[0] && course.stoppedBy
        ? box('bad', `not ${station}`, course.stoppedBy.reason)
        : box('missed', station, '');
    });
    const why = course.stoppedBy
      ? `<p class="dim">${escapeHtml(`${course.stoppedBy.reason}: ${course.stoppedBy.message}`)}</p>`
      : '';
    return `<p><code>${escapeHtml(course.revision)}</code></p>${chain(boxes)}${why}`;
  });
  return rows.join('');
}

function outcomeOf(steps: readonly StepResult[]): { kind: string; told: string } {
  const gates = steps.flatMap((step) => step.gates);
  const passed = gates.filter((gate) => gate.passed).length;
  if (steps.length === 0) return { kind: 'missed', told: 'not run' };
  if (gates.length === 0) return { kind: 'missed', told: 'not watched' };
  const kind = passed === gates.length ? 'good' : 'bad';
  return { kind, told: `${passed} of ${gates.length} gates` };
}

function box(kind: string, title: string, detail: string): string {
  const small = detail === '' ? '' : `<small>${escapeHtml(detail)}</small>`;
  return `<li class="${kind}">${escapeHtml(title)}${small}</li>`;
}

function chain(boxes: readonly string[]): string {
  return `<ol class="flow">${boxes.join('<li class="arrow" aria-hidden="true">→</li>')}</ol>`;
}
