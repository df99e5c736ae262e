import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import { silentLogger, type Logger } from '../base/logger.js';
import { messageOf } from '../base/failure.js';
import { BodyTooLargeError, readBody, sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { DeviceCodes } from './device-codes.js';
import {
  cloudMetadata,
  instanceDiscovery,
  openIdConfiguration,
  SHARED_TENANTS,
} from './discovery.js';
import { EntraError, entraErrors } from './entra-error.js';
import { sendAuthorization, sendDeviceOutcome, sendDevicePage } from './sign-in-pages.js';
import { createTokenEndpoint, type TokenEndpoint } from './token-endpoint.js';
import type { KeyedTokenAuthority } from './token-authority.js';
import type { PrincipalLookup } from './tokens.js';
import { UserTokens, type HomeUser } from './user-tokens.js';

/** Forms of the token endpoint are short. */
const MAX_FORM_BYTES = 64 * 1024;

export interface IdentityPlaneOptions {
  authority: KeyedTokenAuthority;
  tenantId: string;
  principals: PrincipalLookup;
  /** Who signs in with a browser. */
  user: HomeUser;
  /** What tokens for the resource manager are for, e.g. `'https://management.core.windows.net/'`. */
  armAudience: string;
  clock?: Clock;
  logger?: Logger;
}

/**
 * The authority: `/adfs/…`, `/{tenant}/…`, `/common/…`, and `/metadata/endpoints`. As `…/adfs` it needs
 * no look-up at the public instance-discovery host, so that is the base to give to clients.
 */
export function createIdentityPlane(options: IdentityPlaneOptions): HttpPlane {
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const codes = new AuthorizationCodes(clock);
  const devices = new DeviceCodes(clock);
  const users = new UserTokens({ ...options, clock });
  const endpoint = createTokenEndpoint({ ...options, codes, devices, users, clock });
  const tenants = new Set([...SHARED_TENANTS, options.tenantId.toLowerCase()]);

  return {
    name: 'identity',
    async handle(request, response, url) {
      const [first = '', ...rest] = url.pathname.split('/').filter((segment) => segment !== '');
      const tenant = first.toLowerCase();
      const path = rest.join('/').toLowerCase();
      if (tenant === 'metadata' && path === 'endpoints') {
        sendJson(response, 200, cloudMetadata(url.origin, options.armAudience, options.tenantId));
        return true;
      }
      if (!tenants.has(tenant)) return false;
      try {
        await answer({ options, endpoint, codes, devices, request, response, url, tenant, path });
      } catch (error) {
        if (!(error instanceof EntraError)) {
          logger.error({ error: messageOf(error) }, 'token request failed');
        }
        sendError(response, error, clock);
      }
      return true;
    },
  };
}

async function answer(call: {
  options: IdentityPlaneOptions;
  endpoint: TokenEndpoint;
  codes: AuthorizationCodes;
  devices: DeviceCodes;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  tenant: string;
  path: string;
}): Promise<void> {
  const { options, endpoint, codes, devices, request, response, url, tenant, path } = call;
  const base = `${url.origin}/${tenant}`;
  switch (`${request.method ?? ''} ${path}`) {
    case 'GET .well-known/openid-configuration':
    case 'GET v2.0/.well-known/openid-configuration':
      sendJson(response, 200, openIdConfiguration(base, options.tenantId));
      return;
    case 'GET discovery/instance':
      sendJson(response, 200, instanceDiscovery(url.origin, options.tenantId));
      return;
    case 'GET discovery/keys':
    case 'GET discovery/v2.0/keys':
      sendJson(response, 200, { keys: options.authority.publicKeys() });
      return;
    case 'GET oauth2/authorize':
    case 'GET oauth2/v2.0/authorize':
      sendAuthorization(response, codes.authorize(url.searchParams));
      return;
    case 'POST oauth2/devicecode':
    case 'POST oauth2/v2.0/devicecode': {
      const page = `${base}/oauth2/deviceauth`;
      sendJson(response, 200, devices.begin(await readForm(request), page));
      return;
    }
    case 'GET oauth2/deviceauth':
      sendDevicePage(response, url.searchParams.get('user_code') ?? '');
      return;
    case 'POST oauth2/deviceauth': {
      const form = await readForm(request);
      sendDeviceOutcome(response, devices.approve(form.get('user_code') ?? ''));
      return;
    }
    case 'POST oauth2/token':
    case 'POST oauth2/v2.0/token': {
      const form = await readForm(request);
      const body = endpoint.token(form, request.headers.authorization, url.origin);
      sendJson(response, 200, body, { 'cache-control': 'no-store' });
      return;
    }
    default:
      throw entraErrors.unknownPath(url.pathname);
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const body = await readBody(request, MAX_FORM_BYTES);
  return new URLSearchParams(body.toString('utf8'));
}

function sendError(response: ServerResponse, error: unknown, clock: Clock): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof EntraError ? error : unexpected(error);
  sendJson(
    response,
    known.status,
    {
      error: known.error,
      error_description: known.message,
      error_codes: [known.code],
      timestamp: clock.now().toISOString().replace('T', ' '),
    },
    { 'cache-control': 'no-store' },
  );
}

function unexpected(error: unknown): EntraError {
  return error instanceof BodyTooLargeError
    ? new EntraError(413, 'invalid_request', 90015, 'The request is too long.')
    : new EntraError(500, 'server_error', 90033, 'A transient error has occurred.');
}
