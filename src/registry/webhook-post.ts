import { messageOf } from '../base/failure.js';
import type { WebhookDelivery } from './webhook-delivery.js';

const TIMEOUT_MS = 10_000;
/** How much of an answer is kept. */
const MAX_ANSWER_BYTES = 4_096;

/** Sends an event once, and keeps the answer in the delivery. @returns why it failed, or undefined */
export async function postEvent(
  delivery: WebhookDelivery,
  stopping: AbortSignal,
): Promise<string | undefined> {
  const { event, uri, headers } = delivery;
  try {
    const response = await fetch(uri, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    delivery.answer = {
      status: response.status,
      reason: response.statusText,
      headers: Object.fromEntries(response.headers),
      content: await beginning(response),
    };
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let size = 0; reader !== undefined && size < MAX_ANSWER_BYTES;) {
    const part = await reader.read();
    const value: unknown = part.value;
    if (!(value instanceof Uint8Array)) break;
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}
