import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputFrames } from './output-frames.js';

function frame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('the output of a container', () => {
  it('comes out as it went in, wherever the stream is cut', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })));
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (sent, sizes) => {
        const got: Record<string, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
        const parser = new OutputFrames((stream, chunk) => {
          got[stream] = Buffer.concat([got[stream] ?? Buffer.alloc(0), chunk]);
        });
        const bytes = Buffer.concat(sent.map(([stream, payload]) => frame(stream, payload)));
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          parser.push(bytes.subarray(at, at + size));
          at += size;
        }
        const of = (stream: number): Buffer =>
          Buffer.concat(sent.filter(([each]) => each === stream).map(([, payload]) => payload));
        expect(got).toEqual({ stdout: of(1), stderr: of(2) });
      }),
    );
  });

  it('is passed on before its frame is whole', () => {
    const got: string[] = [];
    const parser = new OutputFrames((_stream, chunk) => got.push(chunk.toString()));
    parser.push(frame(1, Buffer.from('hello')).subarray(0, 10));
    expect(got).toEqual(['he']);
  });
});
