import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { printStream } from './logs.js';
import { APP_API_VERSION, environmentPath } from './requests.js';

/** `az containerapp env logs show`: the rows of every app and job of an environment. */
export async function showEnvironmentLogs(
  session: Session,
  args: ArgumentReader,
): Promise<undefined> {
  const tail = args.number('tail') ?? 20;
  if (tail < 0 || tail > 300) throw new AzError('--tail must be between 0 and 300.');
  const path = environmentPath(session, args.text('resourceGroup'), args.text('name'));
  const call = { apiVersion: APP_API_VERSION, style: 'containerapp' as const };
  const environment = await session.armJson({ ...call, method: 'GET', path });
  const url = textAt(environment, 'properties', 'eventStreamEndpoint');
  if (url === undefined) throw new AzError('The environment has no event stream.');
  const answer = await session.armJson({ ...call, method: 'POST', path: `${path}/getAuthToken` });
  const token = textAt(answer, 'properties', 'token') ?? '';
  await printStream(session, args, { url, token, tail, raw: true });
  return undefined;
}
