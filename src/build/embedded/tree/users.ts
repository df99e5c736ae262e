import type { FileTree } from './file-tree.js';
import { headOf } from './read-content.js';

export interface Owner {
  uid: number;
  gid: number;
}

const MAX_PASSWD_BYTES = 1024 * 1024;

/**
 * The numbers of `user[:group]`, looked up in the image's own `/etc/passwd` and `/etc/group`.
 *
 * @returns undefined when a name is not there
 */
export async function findOwner(tree: FileTree, text: string): Promise<Owner | undefined> {
  const [user = '', group] = text.split(':');
  const isNumber = /^\d+$/.test(user);
  const entry = isNumber
    ? undefined
    : (await records(tree, '/etc/passwd')).find(([name]) => name === user);
  const uid = isNumber ? Number(user) : numberAt(entry, 2);
  if (uid === undefined) return undefined;
  // A number is not looked up: without a group, Docker takes it for the group as well.
  if (group === undefined || group === '') return { uid, gid: numberAt(entry, 3) ?? uid };
  const gid = /^\d+$/.test(group)
    ? Number(group)
    : numberAt(
        (await records(tree, '/etc/group')).find(([name]) => name === group),
        2,
      );
  return gid === undefined ? undefined : { uid, gid };
}

async function records(tree: FileTree, file: string): Promise<string[][]> {
  const node = tree.follow(file);
  if (node?.type !== 'file') return [];
  const text = (await headOf(node, MAX_PASSWD_BYTES)).toString('utf8');
  return text.split('\n').map((line) => line.split(':'));
}

function numberAt(fields: string[] | undefined, index: number): number | undefined {
  const text = fields?.[index];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
