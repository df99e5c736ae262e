import { isRecord } from '../oci/document.js';
import { readDocumentBody } from './document-body.js';
import type { ChangeableAttributes } from './documents.js';
import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

const NAMES = ['deleteEnabled', 'writeEnabled', 'readEnabled', 'listEnabled'] as const;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The attributes that a `PATCH` body sets; others, of later versions, are let pass.
 *
 * @throws RegistryError BAD_REQUEST when it is no JSON object or a known attribute no boolean
 */
export async function readAttributes(exchange: Exchange): Promise<Partial<ChangeableAttributes>> {
  const body = parse(await readDocumentBody(exchange, MAX_BODY_BYTES));
  if (!isRecord(body)) throw malformed('the body is not a JSON object');
  const changes: Partial<ChangeableAttributes> = {};
  for (const name of NAMES) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'boolean') throw malformed(`"${name}" is not true or false`);
    changes[name] = value;
  }
  return changes;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed('the body is not JSON');
  }
}

function malformed(message: string): RegistryError {
  return new RegistryError('BAD_REQUEST', { message });
}
