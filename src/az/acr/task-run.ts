import type { Json } from '../../base/json.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { queueRun } from './queue-run.js';
import { childPath, registryPathOf } from './registry-child.js';
import { registryName } from './registries.js';
import { sendSource } from './run.js';
import { buildArgumentsOf, given, valuesOf } from './task-step.js';
import { TASKS } from './tasks.js';

/** `az acr task run`: queues a task now, with what it is told put over the task's own. */
export async function runTask(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const registry = await registryPathOf(session, args);
  const context = args.optional('context');
  const token = args.optional('updateTriggerToken');
  const contextPath =
    context === undefined
      ? undefined
      : await sendSource(session, registry, registryName(args.text('registry')), context);
  const body = given({
    type: 'TaskRunRequest',
    isArchiveEnabled: false,
    taskId: await childPath(session, args, TASKS, args.text('name')),
    agentPoolName: args.optional('agentPool'),
    overrideTaskStepProperties: given({
      contextPath,
      file: args.optional('file'),
      arguments: buildArgumentsOf(args),
      target: args.optional('target'),
      values: valuesOf(args),
      updateTriggerToken: token === undefined ? undefined : Buffer.from(token).toString('base64'),
    }),
  });
  return await queueRun(session, args, registry, body, 'run');
}
