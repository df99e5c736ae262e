import { BlockList, isIP } from 'node:net';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { CorsPolicy, IpRestriction } from '../documents.js';

/**
 * Whether a client's address may use the ingress. Restrictions are all of one kind: with `Allow` only the
 * ranges listed may, with `Deny` all others.
 *
 * @param address as the socket tells it, e.g. `'127.0.0.1'`, `'::ffff:10.0.0.1'`
 */
export function isAddressAllowed(
  address: string | undefined,
  restrictions: readonly IpRestriction[],
): boolean {
  if (restrictions.length === 0) return true;
  const plain = (address ?? '').replace(/^::ffff:/, '');
  const listed = restrictions.some(({ ipAddressRange }) => isInRange(plain, ipAddressRange));
  return restrictions.some(({ action }) => action === 'Allow') ? listed : !listed;
}

/** Parses `'10.0.0.0/8'` or a single address. */
function isInRange(address: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  const prefix = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}

/** Whether `addSubnet` would take the text. */
export function isAddressRange(range: string): boolean {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range);
  const family = isIP(match?.[1] ?? '');
  return family !== 0 && Number(match?.[2] ?? 0) <= (family === 6 ? 128 : 32);
}

/** A browser that asks whether it may: answered here, the program does not see it. */
export function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/**
 * Headers that let a browser's page of another origin read the answer; none when its origin is not in
 * the policy.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsHeaders(
  request: IncomingMessage,
  policy: CorsPolicy | undefined,
): OutgoingHttpHeaders {
  const { origin } = request.headers;
  if (!policy || origin === undefined) return {};
  const { allowedOrigins, allowCredentials = false } = policy;
  const anyone = allowedOrigins.includes('*');
  if (!anyone && !allowedOrigins.includes(origin)) return {};
  const headers: OutgoingHttpHeaders = {
    'access-control-allow-origin': anyone && !allowCredentials ? '*' : origin,
    vary: 'Origin',
  };
  if (allowCredentials) headers['access-control-allow-credentials'] = 'true';
  if (!isPreflight(request)) {
    const exposed = policy.exposeHeaders ?? [];
    if (exposed.length > 0) headers['access-control-expose-headers'] = exposed.join(', ');
    return headers;
  }
  return { ...headers, ...preflightHeaders(request, policy) };
}

function preflightHeaders(request: IncomingMessage, policy: CorsPolicy): OutgoingHttpHeaders {
  const { allowedMethods = [], allowedHeaders = [], maxAge } = policy;
  const asked = request.headers['access-control-request-headers'];
  const headers: OutgoingHttpHeaders = {};
  const methods = allowedMethods.length > 0 ? allowedMethods : ['GET', 'HEAD', 'POST'];
  headers['access-control-allow-methods'] = methods.includes('*')
    ? request.headers['access-control-request-method']
    : methods.join(', ');
  if (allowedHeaders.includes('*') && asked !== undefined) {
    headers['access-control-allow-headers'] = asked;
  } else if (allowedHeaders.length > 0) {
    headers['access-control-allow-headers'] = allowedHeaders.join(', ');
  }
  if (maxAge !== undefined) headers['access-control-max-age'] = String(maxAge);
  return headers;
}
