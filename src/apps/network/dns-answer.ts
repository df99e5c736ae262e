import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE } from 'dns-packet';
import type { DecodedPacket, Packet } from 'dns-packet';

/** How long a client may keep an answer, in seconds: an app can be made and deleted at any time. */
const TTL_SECONDS = 5;
/** @see https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1 */
const RCODE = { FORMERR: 1, SERVFAIL: 2, NOTIMP: 4 } as const;
const HEADER_BYTES = 12;
const RECURSION_DESIRED = 1 << 8;

/** What becomes of a query: answered here, passed on, or not worth an answer. */
export type Verdict = { reply: Buffer } | 'forward' | 'drop';

/**
 * Answers a query for a name that is known here.
 *
 * @param addressOf e.g. `'hello'` → `'100.100.0.1'`; names are in lower case, without a dot at their end
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4.1
 */
export function answerQuery(
  query: Buffer,
  addressOf: (name: string) => string | undefined,
): Verdict {
  if (query.length < HEADER_BYTES || isResponse(query)) return 'drop';
  let packet: DecodedPacket;
  try {
    packet = decode(query);
  } catch {
    return { reply: refuse(query, 'FORMERR') };
  }
  const [question] = packet.questions ?? [];
  if (!question || packet.questions?.length !== 1) return { reply: refuse(query, 'FORMERR') };
  const address = addressOf(question.name.toLowerCase().replace(/\.$/, ''));
  if (address === undefined) return 'forward';
  if (opcodeOf(query) !== 0) return { reply: refuse(query, 'NOTIMP') };
  // A name of which there is no address of the type asked for exists all the same.
  const wanted = ['A', 'ANY'].includes(question.type);
  const reply: Packet = {
    type: 'response',
    id: packet.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | ((packet.flags ?? 0) & RECURSION_DESIRED),
    questions: [question],
    answers: wanted ? [{ type: 'A', name: question.name, ttl: TTL_SECONDS, data: address }] : [],
  };
  return { reply: encode(reply) };
}

/** The query itself as an answer that tells an error; of one that cannot be read only the header. */
export function refuse(query: Buffer, error: keyof typeof RCODE): Buffer {
  const reply = Buffer.from(error === 'FORMERR' ? query.subarray(0, HEADER_BYTES) : query);
  if (error === 'FORMERR') reply.fill(0, 4); // it has no question
  reply.writeUInt16BE((query.readUInt16BE(2) & 0x7900) | 0x8080 | RCODE[error], 2);
  return reply;
}

function opcodeOf(message: Buffer): number {
  return (message.readUInt16BE(2) >> 11) & 0xf;
}

function isResponse(message: Buffer): boolean {
  return (message.readUInt16BE(2) & 0x8000) !== 0;
}
