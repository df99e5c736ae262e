import { messageOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';

const MOST_REDIRECTS = 5;

/**
 * Reads a text over HTTP, of any server whose certificate the system or Lazurite's CA vouches for.
 *
 * @throws AzError naming the address and why it was not read
 */
export async function download(session: Session, uri: string): Promise<string> {
  try {
    return await follow(session, uri);
  } catch (error) {
    throw new AzError(`Unable to retrieve url ${uri}`, {
      cause: error,
      advice: [`Why: ${messageOf(error)}`],
    });
  }
}

async function follow(session: Session, uri: string): Promise<string> {
  let address = uri;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    const request = { method: 'GET', url: address, publicRoots: true };
    const { status, reason, headers, body } = await session.http.send(request);
    if (status === 200) return body.toString('utf8').replace(/^\uFEFF/, '');
    if (status < 300 || status > 399 || headers.location === undefined) {
      throw new Error(`it answers ${status} ${reason}`);
    }
    address = new URL(headers.location, address).href;
  }
  throw new Error(`it redirects more than ${MOST_REDIRECTS} times`);
}
