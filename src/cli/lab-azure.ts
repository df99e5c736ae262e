import { createInterface } from 'node:readline/promises';
import { Failure } from '../base/failure.js';
import type { AzureTarget } from '../labs/azure-target.js';
import { ADMISSIONS, type Lab } from '../labs/definition.js';
import { packageVersion } from '../server/version.js';

/** Options of `lab run` that matter here. */
export interface AzureOptions {
  target: 'local' | 'azure';
  resourceGroup?: string;
  yes?: boolean;
  imageAdmission?: string;
  useRunning?: boolean;
  isolation?: string;
  repeat?: number;
}

/** Options that are about a Lazurite. */
const LOCAL_ONLY = ['useRunning', 'isolation', 'repeat'] as const;

/**
 * The subscription that a lab is to be run on, once the person agrees to pay for it.
 *
 * @returns undefined for a lab that runs on this machine
 * @throws Failure where that is not said in full, or not agreed to
 */
export async function azureTargetOf(
  lab: Lab,
  options: AzureOptions,
): Promise<AzureTarget | undefined> {
  if (options.target !== 'azure') {
    if (options.resourceGroup === undefined && options.yes !== true) return undefined;
    throw wrongUse('--resource-group and --yes are for --target azure', lab.name);
  }
  const { resourceGroup } = options;
  if (resourceGroup === undefined) {
    throw new Failure('--target azure needs --resource-group', {
      why: 'the lab makes that group on your subscription and deletes it with all that is in it',
      help: `lazurite lab run ${lab.name} --target azure --resource-group rg-lab-${lab.name}`,
      exitCode: 2,
    });
  }
  const local = LOCAL_ONLY.find((name) => options[name] !== undefined);
  if (local) throw wrongUse(`--target azure can't be combined with --${dashed(local)}`, lab.name);
  const [{ signedInSubscription }, { requireAz }] = await Promise.all([
    import('../labs/azure-target.js'),
    import('../labs/script-environment.js'),
  ]);
  requireAz('stock', '--target azure');
  const { name, id } = await signedInSubscription();
  const target = {
    subscription: name,
    subscriptionId: id,
    resourceGroup,
    admission: admissionOf(lab, options),
    version: packageVersion(),
  };
  if (options.yes !== true) await agree(lab, target);
  return target;
}

/** Azure checks images before it creates a revision; the wording is that of `api`. */
function admissionOf(lab: Lab, { imageAdmission }: AzureOptions): AzureTarget['admission'] {
  const chosen = ADMISSIONS.find((mode) => mode === imageAdmission);
  const usual = lab.admission.includes('api') ? 'api' : lab.admission[0];
  return chosen ?? usual ?? 'api';
}

async function agree(lab: Lab, target: AzureTarget): Promise<void> {
  const what = [
    `The lab ${lab.name} runs on Azure and costs money: subscription ${target.subscription}`,
    `(${target.subscriptionId}), new resource group ${target.resourceGroup}: a container registry, an environment,`,
    `a Log Analytics workspace and apps. The group is deleted at the end.`,
  ].join('\n');
  if (!process.stdin.isTTY) {
    throw new Failure('nobody is there to agree to the costs', {
      why: what.replaceAll('\n', ' '),
      help: `lazurite lab run ${lab.name} --target azure --resource-group ${target.resourceGroup} --yes`,
      exitCode: 2,
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${what}\nType yes to go on: `).catch(() => ''); // Ctrl-C
    if (answer.trim() === 'yes') return;
  } finally {
    prompt.close();
  }
  throw new Failure('not run: nothing was made', { exitCode: 2 });
}

function wrongUse(what: string, lab: string): Failure {
  return new Failure(what, { help: `lazurite lab run ${lab} --help`, exitCode: 2 });
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
