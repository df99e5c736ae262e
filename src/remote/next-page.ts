import type { Session } from './session.js';
import type { HttpResponse } from './transport.js';

/** Where a list goes on, from the `Link` header; undefined on its last page. */
export function nextPage(session: Session, response: HttpResponse): URL | undefined {
  const header = response.headers['link'];
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(typeof header === 'string' ? header : '');
  return target?.[1] === undefined ? undefined : session.locate(target[1]);
}
