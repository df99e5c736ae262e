import type { Check, Gate, Lab } from './definition.js';
import { judge, type GateResult } from './gates.js';

/**
 * Looks for the failure of a lab in what was printed elsewhere: rows of a system log, an error, a diagnosis.
 * Names of apps and registries don't matter.
 *
 * @returns a result for each gate of the lab's signature; the failure is the lab's when all passed
 */
export function matchSignature(lab: Lab, output: string): GateResult[] {
  return signatureGates(lab).map((gate) =>
    judge({ ...gate, check: anywhere(gate.check) }, output, {}),
  );
}

function signatureGates(lab: Lab): Gate[] {
  return lab.steps.flatMap(({ gates }) => gates).filter(({ id }) => lab.signature.includes(id));
}

/** The revision of a row is the lab's own choice. */
const OF_THE_LAB = new Set(['RevisionName', 'ReplicaName', 'ContainerAppName']);

function anywhere(check: Check): Check {
  switch (check.kind) {
    case 'contains':
      return { kind: 'matches', pattern: withoutVariables(escaped(check.text)) };
    case 'matches':
      return { kind: 'matches', pattern: withoutVariables(check.pattern) };
    case 'lacks':
      return check;
    case 'row': {
      const fields = Object.entries(check.fields).filter(([name]) => !OF_THE_LAB.has(name));
      return {
        kind: 'row',
        fields: Object.fromEntries(fields.map(([name, value]) => [name, withoutVariables(value)])),
      };
    }
  }
}

/** `$APP_NAME--broken` stands for any revision, another variable for any word. */
function withoutVariables(pattern: string): string {
  return pattern.replace(/\\?\$\{?[A-Z][A-Z0-9_]*\\?\}?(?:--[a-z0-9]+)?/g, '\\S+');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&');
}
