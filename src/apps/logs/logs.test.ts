import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { BoundedLines } from './bounded-lines.js';
import { ConsoleLog } from './console-log.js';
import { goTime, MAX_SYSTEM_ROWS, SystemLog } from './system-log.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-logs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('BoundedLines', () => {
  it('keeps the newest in memory and in the file', async () => {
    const path = join(directory, 'deep', 'lines');
    const lines = new BoundedLines(path, 3);
    for (let number = 0; number < 20; number++) {
      lines.append(`line ${number}`);
      await lines.flush();
    }
    expect(lines.tail(2)).toEqual(['line 18', 'line 19']);
    expect(lines.tail(100)).toEqual(['line 17', 'line 18', 'line 19']);
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThanOrEqual(7);
    const again = new BoundedLines(path, 3);
    expect(again.load()).toEqual(['line 17', 'line 18', 'line 19']);
  });

  it('writes each line once when many come at the same time', async () => {
    const path = join(directory, 'lines');
    const lines = new BoundedLines(path, 1000);
    for (let number = 0; number < 500; number++) lines.append(String(number));
    await lines.flush();
    expect(readFileSync(path, 'utf8')).toBe(
      Array.from({ length: 500 }, (_, number) => `${number}\n`).join(''),
    );
  });
});

describe('SystemLog', () => {
  const clock = new FakeClock('2026-06-20T13:34:59.200Z');
  const open = (): SystemLog => new SystemLog({ appName: 'ca', directory, clock });

  it('counts what is said again about the same object, over restarts too', async () => {
    const log = open();
    const event = { reason: 'PullingImage', message: 'm', replica: 'r' } as const;
    log.append(event);
    log.append(event);
    log.append({ ...event, replica: 'other' });
    log.append({ reason: 'AssigningReplica', message: 'm', replica: 'r' });
    await log.flush();
    appendFileSync(join(directory, 'system.jsonl'), '{"torn');
    const again = open();
    again.append(event);
    expect(again.rows().map(({ Count }) => Count)).toEqual([1, 2, 1, 0, 3]);
    expect(again.rows(0)).toEqual([]);
    await again.flush();
  });

  it('forgets the oldest', async () => {
    const log = open();
    for (let number = 0; number < MAX_SYSTEM_ROWS + 5; number++) {
      log.append({ reason: 'BackOff', message: String(number) });
    }
    expect(log.rows()).toHaveLength(MAX_SYSTEM_ROWS);
    expect(log.rows()[0]?.Msg).toBe('5');
    await log.flush();
  });

  it('tells followers until they have enough', () => {
    const log = open();
    const seen: string[] = [];
    const stop = log.follow(({ Msg }) => seen.push(Msg));
    log.append({ reason: 'BackOff', message: 'a' });
    stop();
    log.append({ reason: 'BackOff', message: 'b' });
    expect(seen).toEqual(['a']);
  });

  it('writes time as Go does', () => {
    const date = new Date('2026-06-20T13:34:59.200Z');
    expect(goTime(date, true)).toBe('2026-06-20 13:34:59.2000000 +0000 UTC');
    expect(goTime(date, false)).toBe('2026-06-20 13:34:59 +0000 UTC');
  });
});

describe('ConsoleLog', () => {
  const clock = new FakeClock('2026-06-20T13:34:59.200Z');

  it('joins pieces to lines, also inside a character, and keeps streams apart', () => {
    const log = new ConsoleLog({ path: join(directory, 'c.log'), clock });
    const bytes = Buffer.from('caf\u00e9\r\nnext');
    log.write('stdout', bytes.subarray(0, 4));
    log.write('stderr', Buffer.from('error\n'));
    log.write('stdout', bytes.subarray(4));
    log.endLine('stdout');
    log.endLine('stdout');
    expect(log.tail(10).map(({ stream, text }) => `${stream} ${text}`)).toEqual([
      'stderr error',
      'stdout caf\u00e9',
      'stdout next',
    ]);
  });

  it('keeps the newest of a flood, in memory and in the file', async () => {
    const path = join(directory, 'flood.log');
    const log = new ConsoleLog({ path, clock: new FakeClock() });
    for (let number = 0; number < 100; number++) {
      log.write('stdout', Buffer.from(`${'y\n'.repeat(5000)}last of ${number}\n`));
    }
    await log.flush();
    expect(log.tail(2).map(({ text }) => text)).toEqual(['y', 'last of 99']);
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThanOrEqual(2001);
    const again = new ConsoleLog({ path, clock: new FakeClock() });
    expect(again.tail(1).map(({ text }) => text)).toEqual(['last of 99']);
  });

  it('cuts a line that never ends', () => {
    const log = new ConsoleLog({ path: join(directory, 'c.log'), clock });
    log.write('stdout', Buffer.alloc(20_000, 'x'));
    expect(log.tail(1)[0]?.text).toHaveLength(20_000);
    log.write('stdout', Buffer.from('rest\n'));
    expect(log.tail(1)[0]?.text).toBe('rest');
  });
});
