import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { ConsoleLog } from './console-log.js';
import { SystemLog } from './system-log.js';

interface AppIdentity {
  key: string;
  name: string;
}

/** All logs of all apps, one folder for each app. */
export class LogStore {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #system = new Map<string, SystemLog>();
  readonly #console = new Map<string, ConsoleLog>();

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

  /** Forgets a replica that is gone; its file stays until its app goes. */
  async remove(app: AppIdentity): Promise<void> {
    await this.flush();
    const folder = this.#folder(app);
    this.#system.delete(app.key);
    for (const path of this.#console.keys()) {
      if (path.startsWith(`${folder}/`)) this.#console.delete(path);
    }
    await rm(folder, { recursive: true, force: true });
  }

  async flush(): Promise<void> {
    await Promise.all(
      [...this.#system.values(), ...this.#console.values()].map((log) => log.flush()),
    );
  }

  /** Named after the app, and told apart from apps of that name in other groups. */
  #folder({ key, name }: AppIdentity): string {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
    return join(this.#directory, 'apps', `${name}-${hash}`);
  }
}
