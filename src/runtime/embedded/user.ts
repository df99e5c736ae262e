import { ContainerStartError } from '../runtime.js';

/** Whom a container's program runs as. */
export interface ResolvedUser {
  uid: number;
  gid: number;
  /** Supplementary groups, without `gid`. */
  groups: number[];
  /** e.g. `'/root'`; `'/'` when the image names none. */
  home: string;
}

interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

interface GroupEntry {
  name: string;
  gid: number;
  members: string[];
}

const MAX_ID = 0xffff_fffe;

/** Lines that are no account are skipped, as the C library does. */
export function parsePasswd(text: string): PasswdEntry[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uidText = '', gidText = '', , home = ''] = line.split(':');
    const uid = parseId(uidText);
    const gid = parseId(gidText);
    return name && uid !== undefined && gid !== undefined ? [{ name, uid, gid, home }] : [];
  });
}

export function parseGroup(text: string): GroupEntry[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , gidText = '', members = ''] = line.split(':');
    const gid = parseId(gidText);
    return name && gid !== undefined
      ? [{ name, gid, members: members.split(',').filter(Boolean) }]
      : [];
  });
}

function parseId(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_ID ? id : undefined;
}

/**
 * Resolves an image's user against its own account files, as container engines do: a number needs no
 * account, a name does; without a group the account's own group and its memberships apply.
 *
 * @param user `'1000'`, `'1000:1000'`, `'app'`, `'app:staff'`, or `''` for root.
 * @throws ContainerStartError EUSER when a name is in no account file.
 */
export function resolveUser(user: string, passwdText = '', groupText = ''): ResolvedUser {
  const [userPart = '', groupPart, ...rest] = user.split(':');
  if (rest.length > 0) throw unknownUser(`user "${user}" is not of the form USER[:GROUP]`);
  const account = findAccount(userPart || '0', parsePasswd(passwdText));
  const groups = parseGroup(groupText);
  if (groupPart) {
    return { ...account, gid: findGroup(groupPart, groups), groups: [] };
  }
  const memberships = groups
    .filter(({ members, gid }) => members.includes(account.name) && gid !== account.gid)
    .map(({ gid }) => gid);
  return { ...account, groups: memberships };
}

function findAccount(user: string, accounts: PasswdEntry[]): PasswdEntry {
  const uid = parseId(user);
  const account = accounts.find((entry) => entry.name === user) ??
    accounts.find((entry) => entry.uid === uid) ?? { name: '', uid, gid: 0, home: '/' };
  if (account.uid === undefined) {
    throw unknownUser(`unable to find user ${user}: no matching entries in passwd file`);
  }
  return { ...account, uid: account.uid, home: account.home || '/' };
}

function findGroup(group: string, groups: GroupEntry[]): number {
  const gid = groups.find((entry) => entry.name === group)?.gid ?? parseId(group);
  if (gid === undefined) {
    throw unknownUser(`unable to find group ${group}: no matching entries in group file`);
  }
  return gid;
}

function unknownUser(message: string): ContainerStartError {
  return new ContainerStartError('EUSER', message);
}
