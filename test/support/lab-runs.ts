import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvidenceWriter } from '../../src/labs/evidence.js';
import { formatHtml } from '../../src/labs/html-report.js';
import { readLab } from '../../src/labs/read-lab.js';
import { readRun } from '../../src/labs/read-run.js';
import { formatReport } from '../../src/labs/report.js';
import type { RunFacts } from '../../src/labs/run-result.js';

/** A lab in which each phase has one step and one gate: the step prints the name of its phase. */
export const SMALL_LAB = `name: small
title: Small
metadata: {difficulty: beginner, duration: d, tier: t, category: c, failureMode: f, skills: [s]}
question: q
hypothesis: {if: a, then: b}
setup: [{id: s, title: S, run: 'echo setup', capture: NAME}]
control: [{id: o, title: O, run: 'echo control', gates: [{id: og, expect: oe, stdout: {contains: control}}]}]
trigger: [{id: t, title: T, run: 'echo trigger', gates: [{id: tg, expect: te, stdout: {contains: trigger}}]}]
fix: [{id: f, title: F, run: 'echo fix', gates: [{id: fg, expect: fe, stdout: {contains: fix}}]}]
verify: [{id: v, title: V, run: 'echo verify', gates: [{id: vg, expect: ve, stdout: {matches: ^verify$}}]}]
falsify: [{id: w, title: W, run: 'echo falsify', gates: [{id: wg, expect: we, stdout: {contains: falsify}}]}]
reapply: [{id: r, title: R, run: 'echo reapply', gates: [{id: rg, expect: re, stdout: {contains: $NAME}}]}]
cleanup: [{id: c, title: C, run: 'echo cleanup'}]
takeaway: t
`;

const FACTS: RunFacts = {
  lab: 'small',
  title: 'Small',
  startedAt: '2026-11-21T07:00:00.000Z',
  milliseconds: 9_400,
  az: 'own',
  isolation: 'oci',
  imageAdmission: 'documented',
  version: '0.1.0',
  tools: { node: 'v20.19.2' },
};

/** Writes the folder of a run of {@link SMALL_LAB}, as the runner does. */
export function recordRun(
  folder: string,
  options: { outputs?: Record<string, string>; steps?: number; facts?: Partial<RunFacts> } = {},
): void {
  const labFolder = join(folder, '..', 'small');
  mkdirSync(labFolder, { recursive: true });
  writeFileSync(join(labFolder, 'lab.yaml'), SMALL_LAB);
  const lab = readLab(labFolder);
  const writer = new EvidenceWriter(folder);
  writer.definition(labFolder);
  for (const step of lab.steps.slice(0, options.steps)) {
    writer.step({
      id: step.id,
      title: step.title,
      phase: step.phase,
      command: step.run,
      outcome: {
        startedAt: FACTS.startedAt,
        milliseconds: 100,
        exitCode: 0,
        timedOut: false,
        stdout: `${options.outputs?.[step.phase] ?? (step.phase === 'reapply' ? 'setup' : step.phase)}\n`,
        stderr: '',
      },
      attempts: 1,
      variables: step.phase === 'setup' ? {} : { NAME: 'setup' },
    });
  }
  writer.facts({ ...FACTS, ...options.facts });
  const { run, seen } = readRun(folder);
  writer.finish(run, { markdown: formatReport(lab, run), html: formatHtml(lab, run, seen) });
}
