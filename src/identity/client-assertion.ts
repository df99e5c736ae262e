import { constants, verify, X509Certificate } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { entraErrors } from './entra-error.js';

/** How the signature of each kind was made. */
const PADDINGS = new Map<unknown, object>([
  ['RS256', { padding: constants.RSA_PKCS1_PADDING }],
  [
    'PS256',
    { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  ],
]);

export interface ExpectedAssertion {
  clientId: string;
  /** `'https://localhost:7443'`, as the client addressed the authority. */
  origin: string;
  /** PEM of the application's certificate; undefined when it has none. */
  certificate: string | undefined;
  now: Date;
}

/**
 * Checks the token that an application signs instead of showing a secret: made for this authority, by this
 * application, in time, with its certificate's key.
 *
 * @throws EntraError AADSTS700027 (401)
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function checkClientAssertion(assertion: string, expected: ExpectedAssertion): void {
  const { clientId, origin, certificate: pem, now } = expected;
  const refuse = (why: string): never => {
    throw entraErrors.badAssertion(clientId, why);
  };
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const { alg, x5t, 'x5t#S256': x5t256 } = decoded(header) ?? refuse('it is no JSON Web Token');
  const claims = decoded(payload) ?? refuse('its payload is no JSON object');
  if (pem === undefined) return refuse('the application has no certificate');
  const certificate = parsed(pem) ?? refuse("the application's certificate cannot be read");
  const isOurs = names(x5t256, certificate.fingerprint256) || names(x5t, certificate.fingerprint);
  if (!isOurs) return refuse('the certificate it names is not that of the application');
  const padding = PADDINGS.get(alg);
  if (!padding) return refuse('its algorithm is neither RS256 nor PS256');
  const key = { key: certificate.publicKey, ...padding };
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) {
    return refuse('its signature is not valid');
  }
  if (claims['iss'] !== clientId || claims['sub'] !== clientId) {
    return refuse('its issuer and subject are not the application');
  }
  const audience = claims['aud'];
  if (typeof audience !== 'string' || !audience.startsWith(`${origin}/`)) {
    return refuse('it was made for another audience');
  }
  const expires = claims['exp'];
  if (typeof expires !== 'number' || expires * 1000 <= now.getTime()) refuse('it has expired');
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function decoded(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isJsonObject(value as JsonObject) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a header names a certificate: base64url, which MSAL for Python pads and others do not.
 *
 * @param fingerprint e.g. `'AB:01:…'`
 */
function names(thumbprint: Json | undefined, fingerprint: string): boolean {
  if (typeof thumbprint !== 'string') return false;
  const expected = Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
  return thumbprint.replace(/=+$/, '') === expected;
}
