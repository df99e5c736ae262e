import type { Session } from './session.js';
import { textAt } from './json-path.js';

/** The location of a resource group, which what is created in it has unless told otherwise. */
export async function groupLocation(session: Session, group: string): Promise<string> {
  const found = await session.armJson({
    method: 'GET',
    path: `${session.subscription}/resourcegroups/${encodeURIComponent(group)}`,
    apiVersion: '2024-11-01',
  });
  return textAt(found, 'location') ?? '';
}
