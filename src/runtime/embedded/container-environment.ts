import type { ResolvedUser } from './user.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container's program: what was asked for, and what every container engine adds when
 * it is missing. Of two entries with one name the later wins; an entry without `=` is no variable.
 */
export function containerEnvironment(
  entries: readonly string[],
  context: { hostname: string; user: ResolvedUser },
): Record<string, string> {
  const env: Record<string, string> = {
    PATH: DEFAULT_PATH,
    HOSTNAME: context.hostname,
    HOME: context.user.home,
  };
  for (const entry of entries) {
    const at = entry.indexOf('=');
    if (at > 0) env[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return env;
}
