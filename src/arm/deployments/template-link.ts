import { JsonSyntaxError, parseJsonc } from '../jsonc.js';
import { MAX_CONTROL_BODY_BYTES } from '../../http/body.js';
import { messageOf } from '../../base/failure.js';
import { ArmError } from '../errors.js';
import type { ReadTemplateLink } from './deployment-request.js';

const TIMEOUT_MS = 30_000;

/**
 * Follows template and parameters links over HTTP, up to 4 MiB.
 *
 * @throws ArmError InvalidContentLink (400)
 */
export function createTemplateLinkReader(request: typeof fetch = fetch): ReadTemplateLink {
  return async (uri) => {
    try {
      const response = await request(uri, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`it answers status ${response.status}`);
      return parseJsonc(await readText(response));
    } catch (error) {
      const why =
        error instanceof JsonSyntaxError ? `it is no JSON: ${error.message}` : messageOf(error);
      throw invalidLink(uri, why);
    }
  };
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const part = await reader?.read();
    const value: unknown = part?.value;
    if (!(value instanceof Uint8Array)) break;
    size += value.length;
    if (size > MAX_CONTROL_BODY_BYTES) {
      await reader?.cancel();
      throw new Error('it is larger than 4 MiB');
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without the query, which may hold a signature. */
function invalidLink(uri: string, why: string): ArmError {
  const [address = uri] = uri.split('?');
  return new ArmError({
    status: 400,
    code: 'InvalidContentLink',
    message: `Unable to download deployment content from '${address}': ${why}. Please see https://aka.ms/arm-deploy for usage details.`,
  });
}
