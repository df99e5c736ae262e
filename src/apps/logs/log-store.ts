import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.js';
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
    const drop = released.length > MAX_RELEASED ? released.shift() : undefined;
    for (const [path, log] of this.#console) {
      if (dirname(path) === folder) void log.flush().then(() => this.#console.delete(path));
    }
    if (drop !== undefined) this.#track(rm(drop, { recursive: true, force: true }));
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
