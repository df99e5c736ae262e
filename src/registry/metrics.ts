import type { Exchange } from './exchange.js';
import type { RepositoryUsage } from './registry-host.js';

/** Counts answers, for Prometheus. */
export class RegistryMetrics {
  /** By registry, then by `route method status`. */
  readonly #answers = new Map<string, Map<string, number>>();

  count(registry: string, route: string, { method, response }: Exchange): void {
    let answers = this.#answers.get(registry);
    if (answers === undefined) this.#answers.set(registry, (answers = new Map<string, number>()));
    const key = `${route} ${METHODS.has(method) ? method : 'other'} ${response.statusCode}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
  }

  /** In Prometheus' text format. */
  render(registry: string, usages: readonly RepositoryUsage[]): string {
    const lines = [
      '# HELP lazurite_registry_requests_total Requests answered.',
      '# TYPE lazurite_registry_requests_total counter',
    ];
    for (const [key, count] of this.#answers.get(registry) ?? []) {
      const [route = '', method = '', status = ''] = key.split(' ');
      const labels = `registry="${registry}",route="${route}",method="${method}",status="${status}"`;
      lines.push(`lazurite_registry_requests_total{${labels}} ${count}`);
    }
    lines.push(
      '# HELP lazurite_registry_repository_bytes Bytes that a repository holds; shared layers count in each.',
      '# TYPE lazurite_registry_repository_bytes gauge',
    );
    for (const { repository, bytes } of usages) {
      const labels = `registry="${registry}",repository="${repository}"`;
      lines.push(`lazurite_registry_repository_bytes{${labels}} ${bytes}`);
    }
    const { rss } = process.memoryUsage();
    lines.push(
      '# HELP process_resident_memory_bytes Resident memory of the process.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${rss}`,
    );
    return `${lines.join('\n')}\n`;
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
