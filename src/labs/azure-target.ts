import { Failure } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { textOf } from '../base/json.js';
import { runCommand } from './command.js';
import type { Admission, Lab } from './definition.js';
import { objectOf } from './document-values.js';
import type { Instance } from './instance.js';

/** A subscription that costs money, and the group that the lab makes in it. */
export interface AzureTarget {
  /** e.g. `'Pay-As-You-Go'` */
  subscription: string;
  subscriptionId: string;
  resourceGroup: string;
  /** Where Azure is expected to refuse a bad image. */
  admission: Admission;
  /** Of Lazurite, for the report. */
  version: string;
}

/** A cloud takes minutes where a machine takes seconds. */
const SLOWER = 10;
const ACCOUNT_LIMIT_SECONDS = 60;

/** Whoever runs the lab is signed in; settings of a Lazurite must lead nowhere. */
export function azureEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('LAZURITE_') ? [] : [[name, value]],
    ),
  );
}

/** The subscription that `az` is signed in to. @throws Failure when it is to none */
export async function signedInSubscription(): Promise<{ name: string; id: string }> {
  const { exitCode, stdout, stderr } = await runCommand({
    command: 'az account show --output json',
    directory: '.',
    environment: azureEnvironment(),
    timeout: ACCOUNT_LIMIT_SECONDS,
    signal: new AbortController().signal,
  });
  if (exitCode !== 0) {
    throw new Failure('az is not signed in to any subscription', {
      why: stderr.trim().split('\n')[0] ?? '',
      help: 'az login',
    });
  }
  const account = objectOf(JSON.parse(stdout) as Json); // what az prints with --output json
  return { name: textOf(account['name']), id: textOf(account['id']) };
}

/** Azure in the place of a Lazurite: nothing is started, and nothing is left to stop. */
export function azureInstance(target: AzureTarget): Instance {
  return {
    home: '',
    gateway: '',
    status: async () => {
      await signedInSubscription();
      const { version, admission } = target;
      return { version, isolation: 'azure', imageAdmission: admission, apps: [] };
    },
    clientEnvironment: azureEnvironment,
    close: async () => undefined,
  };
}

/** A lab with the time that a cloud takes. */
export function withCloudTimes(lab: Lab): Lab {
  const { WAIT_SECONDS, ...environment } = lab.environment;
  return {
    ...lab,
    environment: {
      ...environment,
      ...(WAIT_SECONDS !== undefined && { WAIT_SECONDS: String(Number(WAIT_SECONDS) * SLOWER) }),
    },
    steps: lab.steps.map((step) => ({
      ...step,
      timeout: step.timeout * SLOWER,
      ...(step.retry && {
        retry: { within: step.retry.within * SLOWER, every: Math.max(5, step.retry.every) },
      }),
    })),
  };
}

/** What to do where Azure was left with something: the exact commands. */
export function deletionCommands(resourceGroup: string): string {
  return `az group delete --name ${resourceGroup} --yes && az group wait --deleted --name ${resourceGroup}`;
}
