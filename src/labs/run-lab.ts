import { join } from 'node:path';
import { Failure } from '../base/failure.js';
import { azureInstance } from './azure-target.js';
import { EvidenceWriter } from './evidence.js';
import { attachInstance, startInstance, type Instance } from './instance.js';
import { LabRun, type RunLabOptions } from './lab-run.js';
import { clearKilledRuns } from './run-folders.js';
import type { RunResult } from './run-result.js';
import { createScriptEnvironment, requireAz } from './script-environment.js';

/**
 * Runs a lab through its phases and writes its report.
 *
 * @throws Failure when no Lazurite can be had; the signal's reason when it is aborted, after cleaning up
 */
export async function runLab(options: RunLabOptions): Promise<RunResult> {
  const { az, lab, output, progress, keep } = options;
  requireAz(az, options.azure ? '--target azure' : '--az stock');
  const variables = { ...givenVariables(options), ...mutationOf(options) };
  const evidence = new EvidenceWriter(output);
  evidence.definition(lab.folder);
  const started = new Date();
  progress.phase('start');
  for (const folder of clearKilledRuns()) {
    progress.line(`removed ${folder}, which a run that was killed had left`);
  }
  const instance = await openInstance(options);
  const scripts = createScriptEnvironment(instance, options);
  try {
    return await new LabRun(options, { started, evidence, instance, scripts, variables }).run();
  } finally {
    scripts.close();
    if (!keep) await instance.close();
  }
}

/** Whoever names the Lazurite, or the subscription, may name the group and the place too. */
function givenVariables({ lab, useRunning, azure }: RunLabOptions): Record<string, string> {
  if (!useRunning && !azure) return {};
  const named = Object.fromEntries(
    Object.keys(lab.environment).flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { ...named, ...(azure && { RG: azure.resourceGroup }) };
}

async function openInstance(options: RunLabOptions): Promise<Instance> {
  const { progress, signal, upFlags, keep, output, azure } = options;
  if (azure) {
    progress.line(`use the subscription ${azure.subscription} (${azure.subscriptionId})`);
    return azureInstance(azure);
  }
  if (options.useRunning) {
    const instance = attachInstance();
    progress.line(`use the Lazurite at ${instance.gateway}`);
    return instance;
  }
  return await progress.during('start a Lazurite of its own', () =>
    startInstance({ logFile: join(output, 'lazurite.log'), flags: upFlags, keep, signal }),
  );
}

/** @throws Failure when the lab does not say how it is broken in that way */
function mutationOf({ lab, mutation }: RunLabOptions): Readonly<Record<string, string>> {
  if (mutation === undefined) return {};
  const variables = lab.mutations[mutation];
  if (variables) return variables;
  throw new Failure(`the lab ${lab.name} has no mutation of its ${mutation}`, {
    why: `its lab.yaml has no field mutations.${mutation}`,
    help: `lazurite lab run ${lab.name}`,
    exitCode: 2,
  });
}
