import { describe, expect, it } from 'vitest';
import { allLabs } from './catalogue.js';
import { matchSignature } from './signature.js';
import { underAdmission } from './under-admission.js';

const LABS = allLabs().map((lab) => underAdmission(lab, 'revision'));

const row = (fields: Record<string, string>): string =>
  JSON.stringify({ RevisionName: 'ca-shop--v7', ...fields });

/** Labs whose whole signature is in the text. */
const recognised = (text: string): string[] =>
  LABS.filter((lab) => matchSignature(lab, text).every(({ passed }) => passed)).map(
    ({ name }) => name,
  );

describe('signatures', () => {
  it.each(LABS.map((lab) => [lab.name, lab] as const))(
    'of %s: a diagnosis, and what was seen, from its trigger alone',
    (_name, lab) => {
      const shown = lab.steps
        .filter(({ phase }) => phase === 'trigger' || phase === 'observe')
        .flatMap(({ gates }) => gates.map(({ id }) => id));
      expect(lab.signature).toContain('diagnosed');
      expect(lab.signature.length).toBeGreaterThan(1);
      expect(lab.signature.filter((id) => !shown.includes(id))).toEqual([]);
      const kinds = lab.steps
        .flatMap(({ gates }) => gates)
        .filter(({ id }) => lab.signature.includes(id))
        .map(({ check }) => check.kind);
      expect(kinds, 'what is missing from one command is not missing from all').not.toContain(
        'lacks',
      );
    },
  );

  it('differ in their diagnosis from that of every other lab', () => {
    const patterns = LABS.map((lab) => {
      const gates = lab.steps.flatMap((step) => step.gates);
      return JSON.stringify(gates.find(({ id }) => id === 'diagnosed')?.check);
    });
    expect(new Set(patterns).size).toBe(LABS.length);
  });

  it('are found whatever app and registry are called', () => {
    const text = [
      row({ Reason: 'ContainerStarted', Msg: "Started container 'web'" }),
      row({
        Reason: 'Pending:PortMismatch',
        Msg: 'The TargetPort 80 does not match the listening port 3000.',
      }),
      'shop: The ingress expects port 80, the program listens on 3000.',
    ].join('\n');
    expect(recognised(text)).toEqual(['target-port-mismatch']);
  });

  it('are not found in what shows nothing', () => {
    expect(recognised('')).toEqual([]);
    expect(recognised(row({ Reason: 'ContainerStarted', Msg: 'x' }))).toEqual([]);
  });
});
