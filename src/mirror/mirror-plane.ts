import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../base/logger.js';
import type { HttpPlane } from '../http/plane.js';
import { parseDigest } from '../oci/digest.js';
import { parseTag } from '../oci/reference.js';
import { writeError } from '../registry/error-writer.js';
import { refuse, RegistryError } from '../registry/errors.js';
import { Exchange } from '../registry/exchange.js';
import { requireDigest, requireName } from '../registry/request-context.js';
import { parseRoute, type Route } from '../registry/route.js';
import { RemoteError, type RegistryClient } from '../remote/registry-client.js';
import type { KeptImages } from './kept-images.js';
import { MIRROR_DOMAIN } from './mirror-domain.js';

export interface MirrorPlaneOptions {
  /** Registries that clients reach here, under their own names too; anonymous ones, e.g. `['mcr.microsoft.com']`. */
  hosts: readonly string[];
  isLocal: (registry: string) => boolean;
  client: RegistryClient;
  kept: KeptImages;
  logger: Logger;
}

/**
 * Serves other registries under their own host names, for machines whose hosts file sends them here, and
 * under names below `mirror.localhost` for builds outside of this process: what
 * is asked for is brought in first, as for Lazurite's own pulls. Read-only.
 */
export function createMirrorPlane(options: MirrorPlaneOptions): HttpPlane {
  return {
    name: 'mirror',
    async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
      const host = registryOf(request.headers.host ?? '', options);
      if (host === undefined) return false;
      const exchange = new Exchange(request, response);
      try {
        if (!/^(?:GET|HEAD)$/.test(exchange.method)) throw readOnly(host, exchange.method);
        const route = parseRoute(exchange.path);
        const answered = route !== undefined && (await bringIn(options, host, route, exchange));
        if (!answered) await (await options.kept.registry(host)).handle(request, response);
      } catch (error) {
        writeError(
          exchange,
          error instanceof RemoteError ? asRefusal(error) : error,
          options.logger,
        );
      }
      return true;
    },
  };
}

function registryOf(header: string, { hosts, isLocal }: MirrorPlaneOptions): string | undefined {
  const host = header.toLowerCase().replace(/:\d+$/, '');
  if (hosts.includes(host)) return host;
  if (!host.endsWith(MIRROR_DOMAIN)) return undefined;
  const registry = host.slice(0, -MIRROR_DOMAIN.length);
  return registry === '' || isLocal(registry) ? undefined : registry;
}

/** @returns whether the request has been answered already */
async function bringIn(
  { client, kept }: MirrorPlaneOptions,
  host: string,
  route: Route,
  exchange: Exchange,
): Promise<boolean> {
  switch (route.kind) {
    case 'manifest': {
      const { reference } = route;
      const known = parseDigest(reference) ?? parseTag(reference);
      if (known === undefined) throw refuse.unknownTag(reference);
      const { note } = await client
        .repository(host, requireName(route.repository))
        .getManifest(known);
      // A warning that the answer is not what the registry itself would say now: RFC 7234, 5.5.
      if (note !== undefined)
        exchange.response.setHeader('Warning', `110 lazurite "${quote(note)}"`);
      return false;
    }
    case 'blob': {
      const repository = requireName(route.repository);
      const digest = requireDigest(route.digest);
      const local = await kept.repository(host, repository);
      if (await local.hasBlob(digest)) return false;
      const descriptor = await local.describeBlob(digest);
      if (descriptor === undefined) throw refuse.unknownBlob(digest);
      (await client.repository(host, repository).getBlob(descriptor)).destroy();
      return false;
    }
    case 'tags': {
      const name = requireName(route.repository);
      exchange.sendJson(200, {
        name,
        tags: await client.repository(host, name).listTags(),
      });
      return true;
    }
    default:
      return false;
  }
}

function quote(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
}

function readOnly(host: string, method: string): RegistryError {
  return new RegistryError('UNSUPPORTED', {
    message: `${host} is served here from Lazurite's mirror, which only reads (lazurite up without --azure-names leaves it alone)`,
    detail: { method },
    headers: { Allow: 'GET, HEAD' },
  });
}

function asRefusal(error: RemoteError): RegistryError {
  const message = error.registryMessage ?? error.message;
  switch (error.kind) {
    case 'manifest-unknown':
      return new RegistryError('MANIFEST_UNKNOWN', { message });
    case 'name-unknown':
      return new RegistryError('NAME_UNKNOWN', { message });
    case 'blob-unknown':
      return new RegistryError('BLOB_UNKNOWN', { message });
    case 'unauthorized':
    case 'denied':
      return new RegistryError('DENIED', { message });
    case 'rate-limited':
      return refuse.tooManyRequests(message, error.retryAfterMs);
    default:
      return new RegistryError('UNKNOWN', { status: 503, message: error.message });
  }
}
