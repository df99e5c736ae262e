import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import type { Packet, Question } from 'dns-packet';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../base/failure.js';
import { answerQuery } from './dns-answer.js';
import { NameServer } from './name-server.js';
import { framed, hostUpstream, nameServersOf, onMessages } from './upstream.js';

const addressOf = (name: string): string | undefined =>
  name === 'hello' ? '100.100.0.1' : undefined;

function query(question: Partial<Question>, more: Partial<Packet> = {}): Buffer {
  const questions: Question[] = [{ name: 'hello', type: 'A', class: 'IN', ...question }];
  return encode({ type: 'query', id: 7, questions, ...more });
}

function rcodeOf(reply: Buffer): number {
  return reply.readUInt16BE(2) & 0xf;
}

describe('answerQuery', () => {
  it.each([
    ['the address of a name', {}, ['100.100.0.1']],
    ['names in any case', { name: 'HeLLo' }, ['100.100.0.1']],
    ['no address of another family', { type: 'AAAA' as const }, []],
    ['no text', { type: 'TXT' as const }, []],
  ])('tells %s', (_what, question, expected) => {
    const verdict = answerQuery(query(question), addressOf);
    if (typeof verdict === 'string') throw new Error(verdict);
    const { id, answers = [], questions = [] } = decode(verdict.reply);
    expect([id, rcodeOf(verdict.reply), questions.length]).toEqual([7, 0, 1]);
    expect(answers.map((answer) => 'data' in answer && answer.data)).toEqual(expected);
  });

  it('passes on what it does not know', () => {
    expect(answerQuery(query({ name: 'example.com' }), addressOf)).toBe('forward');
  });

  const update = query({});
  update.writeUInt16BE(5 << 11, 2);
  it.each([
    ['no question', query({}, { questions: [] }), 1],
    [
      'two questions',
      encode({
        type: 'query',
        questions: [
          { name: 'a', type: 'A' },
          { name: 'b', type: 'A' },
        ],
      }),
      1,
    ],
    ['a question cut short', query({}).subarray(0, 15), 1],
    ['an update', update, 4],
  ])('refuses %s', (_what, message, rcode) => {
    const verdict = answerQuery(message, addressOf);
    expect(typeof verdict === 'string' ? verdict : rcodeOf(verdict.reply)).toBe(rcode);
  });

  it('stands any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const verdict = answerQuery(Buffer.from(bytes), addressOf);
        return typeof verdict === 'string' || verdict.reply.length >= 12;
      }),
    );
  });

  it('says nothing to answers, or two servers would talk for ever', () => {
    expect(answerQuery(encode({ type: 'response', id: 1, questions: [] }), addressOf)).toBe('drop');
  });
});

describe('nameServersOf', () => {
  it.each([
    ['nameserver 1.1.1.1\nnameserver ::1\n', ['1.1.1.1', '::1']],
    ['# nameserver 1.1.1.1\n  nameserver\t10.0.0.2 # home', ['10.0.0.2']],
    ['nameserver fe80::1%eth0\nnameserver nonsense\nsearch x', ['fe80::1%eth0']],
    ['', []],
  ])('reads %j', (file, expected) => {
    expect(nameServersOf(file)).toEqual(expected);
  });
});

describe('a name server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-names-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** A resolver of this machine that answers every query with its own question. */
  async function resolver(): Promise<{ port: number; close: () => void }> {
    const { datagrams, streams, port } = await bothAtOnePort();
    const echo = (message: Buffer): Buffer => {
      const { id = 0, questions = [] } = decode(message);
      const [{ name } = { name: '' }] = questions;
      const answers = [{ type: 'A' as const, name, ttl: 1, data: '192.0.2.1' }];
      return encode({ type: 'response', id, questions, answers });
    };
    datagrams.on('message', (message, { port: to }) => {
      datagrams.send(echo(message), to, '127.0.0.1');
    });
    streams.on('connection', (socket) => {
      onMessages(socket, (message) => socket.write(framed(echo(message))));
    });
    return {
      port,
      close: () => {
        datagrams.close();
        streams.close();
      },
    };
  }

  /** A port that is free for datagrams is not always free for streams. */
  async function bothAtOnePort(): Promise<{ datagrams: Socket; streams: Server; port: number }> {
    for (;;) {
      const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
      await once(datagrams, 'listening');
      const { port } = datagrams.address();
      const streams = createServer().listen(port, '127.0.0.1');
      const outcome = once(streams, 'listening').catch((error: unknown) => codeOf(error));
      if ((await outcome) !== 'EADDRINUSE') return { datagrams, streams, port };
      datagrams.close();
    }
  }

  it.each(['datagram', 'stream'] as const)('asks this machine by %s', async (over) => {
    const { port, close } = await resolver();
    const file = join(directory, 'resolv.conf');
    writeFileSync(file, 'nameserver 127.0.0.1\n');
    const reply = await hostUpstream(file, port).ask(query({ name: 'example.com' }), over);
    expect(decode(reply).answers).toMatchObject([{ name: 'example.com', data: '192.0.2.1' }]);
    close();
  });

  it('answers on both, and says when nobody else does', async () => {
    const names = new NameServer({
      addressOf,
      upstream: { ask: () => Promise.reject(new Error('no network')) },
    });
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    names.serveStreams(server);
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const replies: number[] = [];
    const done = new Promise<void>((resolve) => {
      onMessages(client, (reply) => {
        if (replies.push(rcodeOf(reply)) === 2) resolve();
      });
    });
    const both = Buffer.concat([framed(query({})), framed(query({ name: 'example.com' }))]);
    client.write(both.subarray(0, 20));
    client.write(both.subarray(20));
    await done;
    expect(replies.sort()).toEqual([0, 2]);
    client.destroy();
    server.close();
  });
});
