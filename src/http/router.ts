/** Path parameters by name, percent-decoded, letter case as sent. */
export type PathParameters = Readonly<Record<string, string>>;

interface Route<H> {
  method: string;
  segments: string[];
  handler: H;
}

export type Match<H> =
  | { kind: 'found'; handler: H; parameters: PathParameters }
  /** The path exists with other methods. */
  | { kind: 'method-not-allowed'; allowed: string[] }
  | { kind: 'not-found' };

/**
 * Matches methods and paths. Literal segments compare without case, as Azure's do; `:name` takes one
 * segment and a final `*name` the rest. Routes are tried in the order they were added.
 */
export class Router<H> {
  readonly #routes: Route<H>[] = [];

  /** @param pattern e.g. `'/subscriptions/:subscriptionId/resourcegroups/:group'` */
  add(method: string, pattern: string, handler: H): this {
    this.#routes.push({ method, segments: split(pattern), handler });
    return this;
  }

  match(method: string, path: string): Match<H> {
    const actual = split(path);
    const allowed: string[] = [];
    for (const route of this.#routes) {
      const parameters = matchSegments(route.segments, actual);
      if (parameters === undefined) continue;
      if (route.method === method) return { kind: 'found', handler: route.handler, parameters };
      allowed.push(route.method);
    }
    return allowed.length > 0 ? { kind: 'method-not-allowed', allowed } : { kind: 'not-found' };
  }
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function matchSegments(pattern: string[], actual: string[]): PathParameters | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    if (expected.startsWith('*')) {
      parameters[expected.slice(1)] = actual.slice(index).map(decode).join('/');
      return parameters;
    }
    const segment = actual[index];
    if (segment === undefined) return undefined;
    if (expected.startsWith(':')) parameters[expected.slice(1)] = decode(segment);
    else if (expected.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return pattern.length === actual.length ? parameters : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray % is taken as it is; the handler will not know the name
  }
}
