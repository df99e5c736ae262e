import { Failure } from '../base/failure.js';
import type { Admission, Lab, Step } from './definition.js';

/**
 * What of a lab is to be done and seen where bad images are refused in this way.
 *
 * @throws Failure when it shows nothing there
 */
export function underAdmission(lab: Lab, admission: Admission): Lab {
  if (!lab.admission.includes(admission)) {
    throw new Failure(`the lab ${lab.name} does not work with image admission ${admission}`, {
      why: `it is for ${lab.admission.join(' and ')}: with ${admission} a bad image never gets as far as it needs`,
      help: `lazurite lab run ${lab.name} --image-admission ${lab.admission[0] ?? 'documented'}`,
      exitCode: 2,
    });
  }
  const applies = (part: { admission: readonly Admission[] }): boolean =>
    part.admission.includes(admission);
  return withSteps(
    lab,
    lab.steps.filter(applies).map((step) => ({ ...step, gates: step.gates.filter(applies) })),
  );
}

/** What of a lab can be done where no Lazurite is. */
export function onCloud(lab: Lab): Lab {
  return withSteps(
    lab,
    lab.steps.filter(({ localOnly }) => !localOnly),
  );
}

/** The lab with fewer steps, and without the statements that would rest on the others. */
function withSteps(lab: Lab, steps: readonly Step[]): Lab {
  const stepIds = new Set(steps.map(({ id }) => id));
  const gateIds = new Set(steps.flatMap(({ gates }) => gates.map(({ id }) => id)));
  const rest = <T extends { gates: readonly string[]; steps?: readonly string[] }>(row: T): T[] => {
    const gates = row.gates.filter((id) => gateIds.has(id));
    const done = row.steps?.filter((id) => stepIds.has(id));
    const hadNone = row.gates.length + (row.steps?.length ?? 0) === 0;
    if (gates.length + (done?.length ?? 0) === 0 && !hadNone) return [];
    return [{ ...row, gates, ...(done && { steps: done }) }];
  };
  return {
    ...lab,
    steps,
    signature: lab.signature.filter((id) => gateIds.has(id)),
    log: lab.log.flatMap(rest),
    evidence: lab.evidence.filter(({ step }) => stepIds.has(step)).flatMap(rest),
    measurements: lab.measurements.flatMap(rest),
  };
}
