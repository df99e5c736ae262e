import { pushImage } from '../images/push-image.js';
import { runBuild } from '../commands/docker-build.js';
import { CommandLineError, splitWords } from '../commands/words.js';
import { formatReference } from '../../oci/reference.js';
import { pushName } from '../images/image-name.js';
import type { Step } from '../yaml/task.js';
import { runCmdStep } from './cmd-step.js';
import { scopeOf, type CommandScope } from './command-scope.js';
import { StepFailure, type StepRun } from './step-run.js';

/**
 * Carries out a step as often as it asks for: `repeat` times more, each with `retries` when it fails.
 *
 * @throws StepFailure when the last attempt fails
 */
export async function runAttempts(
  run: StepRun,
  step: Step,
  signal: AbortSignal,
  started: () => void,
): Promise<void> {
  for (let time = 0; time <= step.repeat; time++) {
    for (let retries = step.retries; ; retries--) {
      if (step.startDelay > 0) await run.clock.sleep(step.startDelay * 1000, signal);
      const failure = await attempt(run, step, signal, started);
      if (failure === undefined) break;
      if (retries === 0) throw lastFailure(run, step, failure);
      const pause = step.retryDelay;
      run.log.agent(
        `Container failed during run: ${step.id}, waiting ${pause} seconds before retrying... ${failure.message}`,
      );
      if (pause > 0) await run.clock.sleep(pause * 1000, signal);
    }
  }
}

function lastFailure(run: StepRun, step: Step, failure: StepFailure): StepFailure {
  run.log.agent(`Container failed during run: ${step.id}. No retries remaining.`);
  run.log.line(`failed to run step ID: ${step.id}: ${failure.message}`);
  return new StepFailure(`failed during run, err: ${failure.message}`);
}

/** @returns why it failed */
async function attempt(
  run: StepRun,
  step: Step,
  signal: AbortSignal,
  started: () => void,
): Promise<StepFailure | undefined> {
  run.log.agent(
    `Executing step ID: ${step.id}. Timeout(sec): ${step.timeout}, ` +
      `Working directory: '${step.workingDirectory ?? ''}', Network: '${step.network ?? ''}'`,
  );
  const limit = new AbortController();
  const timer = new AbortController();
  if (step.timeout > 0) {
    const timedOut = new StepFailure(`the step took longer than ${step.timeout} seconds`);
    run.clock.sleep(step.timeout * 1000, timer.signal).then(
      () => {
        limit.abort(timedOut);
      },
      () => undefined,
    );
  }
  try {
    const scope = scopeOf(run, step, AbortSignal.any([signal, limit.signal]));
    await carryOut(scope, step, started);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.reason instanceof StepFailure) return limit.signal.reason;
    if (error instanceof StepFailure) return error;
    if (!(error instanceof CommandLineError)) throw error;
    run.log.line(error.message);
    return new StepFailure('exit status 1');
  } finally {
    timer.abort();
  }
}

async function carryOut(scope: CommandScope, step: Step, started: () => void): Promise<void> {
  const { log, loginServer, builder } = scope.run;
  if (step.kind === 'push') {
    for (const image of step.images) {
      const name = formatReference(pushName(image, loginServer));
      log.agent(`Pushing image: ${name}, attempt 1`);
      await pushImage(scope, image);
      log.agent(`Successfully pushed image: ${name}`);
    }
    return;
  }
  const by = step.kind === 'build' ? ` (builder: ${builder.name})` : '';
  log.agent(`Launching container with name: ${step.id}${by}`);
  if (step.kind === 'cmd') await runCmdStep(scope, step, started);
  else await runBuild(scope, splitWords(step.build));
  log.agent(`Successfully executed container: ${step.id}`);
}
