import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { codeOf } from '../../base/failure.js';
import { ConsoleLog } from './console-log.js';
import { SystemLog } from './system-log.js';

interface AppIdentity {
  key: string;
  name: string;
}

/** Replicas that are gone whose console logs are kept for an app. */
const MAX_RELEASED = 20;

/** All logs of all apps, one folder for each app. */
export class LogStore {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #system = new Map<string, SystemLog>();
  readonly #console = new Map<string, ConsoleLog>();
  readonly #released = new Map<string, string[]>();
  readonly #removals = new Set<Promise<void>>();

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  system(app: AppIdentity): SystemLog {
    const known = this.#system.get(app.key);
    if (known) return known;
    // whatever is there before the app's first row is of replicas of a former run
    this.#released.set(app.key, replicaFolders(this.#folder(app)));
    const log = new SystemLog({
      appName: app.name,
      directory: this.#folder(app),
      clock: this.#clock,
    });
    this.#system.set(app.key, log);
    return log;
  }

  console(
    app: AppIdentity,
    replica: { revisionName: string; name: string },
    container: string,
  ): ConsoleLog {
    const path = join(this.#folder(app), replica.revisionName, replica.name, `${container}.log`);
    const known = this.#console.get(path);
    if (known) return known;
    const log = new ConsoleLog({ path, clock: this.#clock });
    this.#console.set(path, log);
    return log;
  }

  /** Forgets a replica that is gone; files stay for the newest `MAX_RELEASED` of an app. */
  release(app: AppIdentity, replica: { revisionName: string; name: string }): void {
    const folder = join(this.#folder(app), replica.revisionName, replica.name);
    const released = this.#released.get(app.key) ?? [];
    released.push(folder);
    this.#released.set(app.key, released);
    const dropped = released.splice(0, Math.max(0, released.length - MAX_RELEASED));
    for (const [path, log] of this.#console) {
      if (dirname(path) === folder) void log.flush().then(() => this.#console.delete(path));
    }
    for (const folderToDrop of dropped) this.#track(removeReplicaFolder(folderToDrop));
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(() => undefined).finally(() => this.#removals.delete(tracked));
    this.#removals.add(tracked);
  }

  /** Removes every log of an app. */
  async remove(app: AppIdentity): Promise<void> {
    await this.flush();
    const folder = this.#folder(app);
    this.#system.delete(app.key);
    this.#released.delete(app.key);
    for (const path of this.#console.keys()) {
      if (path.startsWith(`${folder}/`)) this.#console.delete(path);
    }
    await rm(folder, { recursive: true, force: true });
  }

  async flush(): Promise<void> {
    const logs = [...this.#system.values(), ...this.#console.values()];
    await Promise.all([...logs.map((log) => log.flush()), ...this.#removals]);
  }

  /** Named after the app, and told apart from apps of that name in other groups. */
  #folder({ key, name }: AppIdentity): string {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
    return join(this.#directory, 'apps', `${name}-${hash}`);
  }
}

/** `<app>/<revision>/<replica>`, oldest first. */
function replicaFolders(appFolder: string): string[] {
  const revisions = subfolders(appFolder).flatMap((revision) => subfolders(revision));
  return revisions
    .map((folder) => ({ folder, changed: statSync(folder).mtimeMs }))
    .sort((a, b) => a.changed - b.changed)
    .map(({ folder }) => folder);
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The revision's folder goes with its last replica. */
async function removeReplicaFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rmdir(dirname(folder));
}
