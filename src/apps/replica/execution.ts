import type { ImageConfig } from '../../oci/image-config.js';
import type { AppContainer } from '../template.js';

const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Program and arguments as Kubernetes merges them: `command` replaces the image's entry point and
 * drops its command, `args` replaces its command.
 *
 * @returns empty when neither names a program
 */
export function mergeArgv(container: AppContainer, config: ImageConfig): string[] {
  const entrypoint = config.config?.Entrypoint ?? [];
  const imageArgs = config.config?.Cmd ?? [];
  if (container.command) return [...container.command, ...(container.args ?? [])];
  return [...entrypoint, ...(container.args ?? imageArgs)];
}

/** Later layers win: the image's variables, the platform's, the template's. */
export function mergeEnvironment(
  config: ImageConfig,
  platform: ReadonlyMap<string, string>,
  template: ReadonlyMap<string, string>,
): string[] {
  const merged = new Map<string, string>();
  for (const entry of [DEFAULT_PATH, ...(config.config?.Env ?? [])]) {
    const equals = entry.indexOf('=');
    if (equals > 0) merged.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  for (const [name, value] of [...platform, ...template]) merged.set(name, value);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}

/** `'12ms'`, `'1.62s'`: durations in the system log. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${Number((ms / 1000).toFixed(2))}s`;
}
