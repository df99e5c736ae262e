import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isExecutable } from '../base/programs.js';
import { MEASUREMENT_TAGS, type Lab, type Phase } from './definition.js';
import { WATCHED } from './run-result.js';

/** Something that keeps a valid lab from being a good one. */
export interface LintFinding {
  /** e.g. `'no-gate'` */
  rule: string;
  /** What is wrong and what would be right. */
  message: string;
  /** Of `lab.yaml`, where it is about something that is there, and not about something that is missing. */
  line?: number;
}

const PROSE = [
  'analysis',
  'conclusion',
  'solution',
  'prevention',
  'takeaway',
  'supportTakeaway',
] as const;

/** Looks at what the schema can't: whether the experiment can fail, and whether its scripts can run. */
export function lintLab(lab: Lab): LintFinding[] {
  return [
    ...nameFindings(lab),
    ...experimentFindings(lab),
    ...proseFindings(lab),
    ...scriptsOf(lab).flatMap((script) =>
      scriptFindings(lab.folder, script).map((finding) => at(lab, script, finding)),
    ),
  ];
}

/** With the first line of the definition that has the text. */
function at({ folder }: Lab, text: string, finding: LintFinding): LintFinding {
  const file = join(folder, 'lab.yaml');
  if (!existsSync(file)) return finding;
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  return index < 0 ? finding : { ...finding, line: index + 1 };
}

function nameFindings(lab: Lab): LintFinding[] {
  const { name, folder } = lab;
  const found = basename(folder);
  const message = `the lab is called ${name}, its folder ${found}`;
  return found === name ? [] : [at(lab, `name: ${name}`, { rule: 'name', message })];
}

function experimentFindings(lab: Lab): LintFinding[] {
  const isWatched = (phase: Phase): boolean =>
    lab.steps.some((step) => step.phase === phase && step.gates.length > 0);
  const unwatched = WATCHED.filter(({ phases }) => !phases.some(isWatched));
  return [
    ...unwatched.map(({ what }) => ({ rule: 'no-gate', message: `no gate shows ${what}` })),
    ...(Object.keys(lab.mutations).length > 0
      ? []
      : [
          {
            rule: 'no-mutation',
            message: 'without mutations nobody knows that its gates notice anything',
          },
        ]),
    ...(lab.signature.length > 0
      ? []
      : [{ rule: 'no-signature', message: 'no signature tells its failure from others' }]),
    ...(lab.symptoms
      ? []
      : [{ rule: 'no-symptoms', message: "lazurite doctor --from can't know the failure again" }]),
    ...(lab.variables.length > 0
      ? []
      : [{ rule: 'no-variables', message: 'variables say what differs from the control' }]),
  ];
}

function proseFindings(lab: Lab): LintFinding[] {
  const tags = MEASUREMENT_TAGS.filter((tag) => !lab.measurements.some((one) => one.tag === tag));
  return [
    ...tags.map((tag) => ({ rule: 'no-measurement', message: `no measurement is ${tag}` })),
    ...PROSE.filter((field) => lab[field] === '').map((field) => ({
      rule: 'no-prose',
      message: `the report has nothing to say under ${field}`,
    })),
  ];
}

/** `./trigger.sh`, `../common/deploy.sh` and the like, each once. */
function scriptsOf(lab: Lab): string[] {
  const all = lab.steps.flatMap(({ run }) =>
    [...run.matchAll(/(?:^|\s)(\.\.?\/[\w./-]+\.sh)\b/g)].map((match) => match[1] ?? ''),
  );
  return [...new Set(all)];
}

function scriptFindings(folder: string, script: string): LintFinding[] {
  const path = join(folder, script);
  if (!existsSync(path)) return [{ rule: 'script', message: `${script} does not exist` }];
  if (!isExecutable(path)) {
    return [{ rule: 'script', message: `${script} is not executable: chmod +x ${script}` }];
  }
  const { status, stderr } = spawnSync('sh', ['-n', path], { encoding: 'utf8' });
  return status === 0 ? [] : [{ rule: 'script', message: `${script}: ${stderr.trim()}` }];
}
