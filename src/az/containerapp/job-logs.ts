import { AzError } from '../az-error.js';
import { objectAt, objectsAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { jobPath } from './jobs.js';
import { printStream } from './logs.js';
import { APP_API_VERSION, listOf } from './requests.js';

/** `az containerapp job logs show` */
export async function showJobLogs(session: Session, args: ArgumentReader): Promise<undefined> {
  const tail = args.number('tail') ?? 20;
  if (tail < 0 || tail > 300) throw new AzError('--tail must be between 0 and 300.');
  const execution = args.optional('execution') ?? (await latestExecution(session, args));
  const path = jobPath(session, args, `/executions/${encodeURIComponent(execution)}/replicas`);
  const replicas = await listOf(session, path);
  const wanted = args.optional('replica');
  // the newest one: those before it were tried in vain
  const replica =
    wanted === undefined ? replicas.at(-1) : replicas.find((item) => item['name'] === wanted);
  if (!replica) throw new AzError('Could not find a replica for this execution', { exitCode: 3 });
  const containers = objectsAt(objectAt(replica, 'properties'), 'containers');
  const name = args.optional('container') ?? textAt(containers[0], 'name');
  const endpoint = textAt(
    containers.find((item) => item['name'] === name),
    'logStreamEndpoint',
  );
  if (endpoint === undefined) throw new AzError('Could not find container', { exitCode: 3 });
  const answer = await session.armJson({
    method: 'POST',
    path: jobPath(session, args, '/getAuthToken'),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  await printStream(session, args, {
    url: endpoint,
    token: textAt(answer, 'properties', 'token') ?? '',
    tail,
  });
  return undefined;
}

async function latestExecution(session: Session, args: ArgumentReader): Promise<string> {
  const [latest] = await listOf(session, jobPath(session, args, '/executions'));
  const name = textAt(latest, 'name');
  if (name !== undefined) return name;
  throw new AzError(`The job '${args.text('name')}' has no execution yet.`, {
    exitCode: 3,
    advice: [
      `Start one: az containerapp job start -n ${args.text('name')} -g ${args.text('resourceGroup')}`,
    ],
  });
}
