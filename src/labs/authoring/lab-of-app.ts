import { stringify } from 'yaml';
import { shown } from '../json-diff.js';
import type { CapturedApp } from './captured-app.js';
import type { Experiment } from './experiment-of-app.js';
import { proposeGates, type ProposedGate } from './proposed-gates.js';

/** What Lazurite itself says of the app. */
export interface CapturedDiagnosis {
  cause: string;
  fix: string;
}

const LONGEST_VALUE = 120;

/** A definition that reproduces a captured app: `lab.yaml`. */
export function definitionOfApp(
  name: string,
  app: CapturedApp,
  experiment: Experiment,
  diagnosis: CapturedDiagnosis,
): string {
  const gates = proposeGates(app, 'broken');
  const document = {
    name,
    ...about(app, diagnosis),
    variables: variablesOf(experiment),
    environment: {
      RG: `rg-lab-${name}`,
      LOCATION: 'koreacentral',
      ENVIRONMENT_NAME: 'cae-lab',
      APP_NAME: app.name.slice(0, 20).replace(/-+$/, ''),
      CONTROL_APP: `${app.name.slice(0, 20).replace(/-+$/, '')}-control`,
      TRIGGER_REVISION: 'bad',
      FIX_REVISION: 'good',
      WAIT_SECONDS: '60',
    },
    mutations: {
      trigger: { TRIGGER_REVISION: 'good' },
      fix: { FIX_REVISION: 'bad', WAIT_SECONDS: '5' },
    },
    admission: ['documented', 'revision'],
    ...phasesOf(app, gates),
    signature: [...gates.map(({ id }) => id), 'failing'],
    measurements: measurementsOf(gates),
    ...proseOf(experiment, diagnosis),
    symptoms: {
      cause: withoutStop(diagnosis.cause),
      fix: diagnosis.fix,
      for: gates.map(({ expect, row }) => ({
        shows: expect,
        row: { Reason: row['Reason'], Msg: row['Msg'] },
        weight: 3,
      })),
    },
  };
  return header(app, experiment) + stringify(document, { lineWidth: 116 });
}

function header(app: CapturedApp, { isStandIn, secrets }: Experiment): string {
  const lines = [
    `Captured from the app ${app.name} in ${app.resourceGroup}: its failing revision ${app.failing.name},`,
    isStandIn
      ? 'compared with a stand-in, as nothing of it was ever Healthy: put what repaired it into infra/good.json.'
      : `compared with ${app.healthy ? `${app.healthy.name}, its last Healthy one` : 'the same with one thing put right'}.`,
    ...(secrets.length > 0 ? [`Values of secrets are not captured: ${secrets.join(', ')}.`] : []),
    'Hypothesis, gates and texts are proposals: say what you found. Then:  lazurite lab lint . && lazurite lab run .',
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}

function about(app: CapturedApp, { cause }: CapturedDiagnosis) {
  return {
    title: `How ${app.name} failed`,
    metadata: {
      difficulty: 'intermediate',
      duration: 'minutes',
      tier: 'Consumption',
      category: 'incident',
      failureMode: withoutStop(cause),
      skills: ['reading the system log'],
    },
    question: `Is what differs between the two revisions of ${app.name} the cause of its failure?`,
    hypothesis: {
      if: 'the app is deployed with what its failing revision had',
      then: `it fails as it did (${withoutStop(cause)}), until it is deployed with what the other one has`,
    },
  };
}

function variablesOf({ varied }: Experiment) {
  return varied.map(({ path, before, after }) => ({
    name: path,
    control: cut(shown(before)),
    experimental: cut(shown(after)),
  }));
}

function phasesOf(app: CapturedApp, gates: readonly ProposedGate[]) {
  const reasons = gates.map(({ row }) => row['Reason'] ?? '').join(' ');
  const again = proposeGates(app, 'reverted');
  const awaitHealthy = (suffix: string, which: string, id: string) => ({
    id,
    title: 'Wait until it is Healthy',
    run: `./common/await-healthy.sh "$${which}" ${suffix}`,
    timeout: 120,
    gates: [
      {
        id: `${suffix}-healthy`,
        expect: 'the revision is Healthy',
        stdout: { contains: `--${suffix} is Healthy` },
      },
    ],
  });
  const awaitFailure = (suffix: string, rows: readonly ProposedGate[], state: string) => ({
    id: `await-${suffix}`,
    title: 'Wait for the failure',
    run: `./common/await-failure.sh "$APP_NAME" ${suffix} ${reasons}`,
    timeout: 120,
    gates: [
      ...rows,
      {
        id: state,
        expect: 'the revision is not Healthy',
        stdout: { matches: `^FAILED: revision $APP_NAME--${suffix} is` },
      },
    ],
  });
  const deploy = (id: string, title: string, which: string, revision: string, suffix: string) => ({
    id,
    title,
    run: `./deploy.sh "$${which}" ${revision} ${suffix}`,
    timeout: 120,
  });
  return {
    require: [
      {
        id: 'no-group',
        title: 'Look whether the resource group is free',
        run: 'az group exists --name "$RG"',
        gates: [
          {
            id: 'group-is-free',
            expect: "no resource group has the lab's name (set RG to use another)",
            stdout: { matches: '^false$' },
          },
        ],
      },
    ],
    setup: [
      {
        id: 'setup',
        title: 'Create the resource group, a registry and an environment',
        run: './common/setup.sh',
        capture: 'ACR_NAME',
      },
      {
        id: 'login-server',
        title: "Ask for the registry's login server",
        run: 'az acr show --name "$ACR_NAME" --query loginServer --output tsv',
        capture: 'ACR_LOGIN_SERVER',
      },
      {
        id: 'publish',
        title: 'Publish the images that were captured',
        run: './publish.sh',
        timeout: 300,
      },
    ],
    control: [
      deploy('deploy-control', 'Deploy it as it was well', 'CONTROL_APP', 'good', 'control'),
      awaitHealthy('control', 'CONTROL_APP', 'await-control'),
    ],
    trigger: [
      deploy(
        'deploy-broken',
        'Deploy it as it failed',
        'APP_NAME',
        '"$TRIGGER_REVISION"',
        'broken',
      ),
      awaitFailure('broken', gates, 'failing'),
    ],
    fix: [
      deploy('deploy-fixed', 'Deploy it as it was well', 'APP_NAME', '"$FIX_REVISION"', 'fixed'),
    ],
    verify: [awaitHealthy('fixed', 'APP_NAME', 'await-fixed')],
    falsify: [
      deploy(
        'deploy-reverted',
        'Deploy it as it failed once more',
        'APP_NAME',
        '"$TRIGGER_REVISION"',
        'reverted',
      ),
      awaitFailure('reverted', again, 'failing-again'),
    ],
    reapply: [
      deploy('deploy-reapplied', 'Apply the fix again', 'APP_NAME', '"$FIX_REVISION"', 'reapplied'),
      awaitHealthy('reapplied', 'APP_NAME', 'await-reapplied'),
    ],
    cleanup: [
      { id: 'delete-group', title: 'Delete the resource group', run: './common/cleanup.sh' },
    ],
  };
}

function measurementsOf(gates: readonly ProposedGate[]) {
  const rows = gates.map(({ id }) => id);
  return [
    {
      tag: 'Observed',
      statement: 'The system log shows the rows that were captured.',
      gates: [...rows, 'failing'],
    },
    {
      tag: 'Correlated',
      statement: 'With the other revision the app is Healthy.',
      gates: ['fixed-healthy'],
    },
    {
      tag: 'Inferred',
      statement:
        'Nothing but what differs between the two changed when the failure went, came back and went again.',
      gates: ['failing', 'fixed-healthy', 'failing-again', 'reapplied-healthy'],
    },
  ];
}

function proseOf({ varied }: Experiment, { cause, fix }: CapturedDiagnosis) {
  const paths = varied.map(({ path }) => path).join(', ');
  return {
    analysis: `The revisions differ in ${paths}, and the failure follows the difference.`,
    conclusion: cause,
    solution: fix,
    prevention: 'To be said: what would have found it before it was deployed.',
    takeaway: 'To be said: what to remember of it.',
    supportTakeaway:
      'Hand over the failing rows of the system log and what differs from the last revision that was Healthy.',
  };
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

function cut(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}
