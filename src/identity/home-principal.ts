import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure } from '../base/failure.js';

/** The tenant, the subscription and the service principal every home has from the start. */
export interface HomePrincipal {
  tenantId: string;
  subscriptionId: string;
  /** Application (client) id. */
  clientId: string;
  clientSecret: string;
  /** Object id of the service principal, what role assignments name. */
  objectId: string;
}

const FIELDS = ['tenantId', 'subscriptionId', 'clientId', 'clientSecret', 'objectId'] as const;

/**
 * Reads `principal.json` of the directory, or makes one up and stores it (mode 0600).
 *
 * @throws Failure when the file is there but damaged
 */
export function openHomePrincipal(directory: string): HomePrincipal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'principal.json');
  const stored = read(file);
  if (stored !== undefined) return stored;
  const principal: HomePrincipal = {
    tenantId: randomUUID(),
    subscriptionId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomBytes(30).toString('base64url'),
    objectId: randomUUID(),
  };
  writeFileSync(`${file}.new`, JSON.stringify(principal), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return principal;
}

/** Certificate and private key in one file, as clients take them; made when it is asked for. */
export const PRINCIPAL_CERTIFICATE = 'principal.pem';

/** The PEM file of the home's service principal; undefined as long as there is none. */
export function readPrincipalCertificate(directory: string): string | undefined {
  const file = join(directory, PRINCIPAL_CERTIFICATE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function read(file: string): HomePrincipal | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const principal = parse(text);
  if (principal !== undefined) return principal;
  throw new Failure(`the identity in ${file} can't be read`, {
    why: `it must hold ${FIELDS.join(', ')}`,
    help: `rm '${file}'   (resources of the old subscription stay in the home but can't be reached)`,
  });
}

function parse(text: string): HomePrincipal | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const fields = new Map<string, unknown>(Object.entries(value ?? {}));
    const [tenantId, subscriptionId, clientId, clientSecret, objectId] = FIELDS.map((field) =>
      textOf(fields.get(field)),
    );
    if (!tenantId || !subscriptionId || !clientId || !clientSecret || !objectId) return undefined;
    return { tenantId, subscriptionId, clientId, clientSecret, objectId };
  } catch {
    return undefined; // the caller tells what to do about it
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
