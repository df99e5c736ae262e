import { expect, it } from 'vitest';
import { createStreamLogger } from './pino-logger.js';

function logged(format: 'text' | 'json'): string {
  const lines: string[] = [];
  const logger = createStreamLogger({ write: (line) => lines.push(line) }, format);
  logger.debug({}, 'not shown');
  logger.child({ registry: 'r' }).warn({ password: 'hunter2', of: { token: 'abc' } }, 'refused');
  return lines.join('');
}

const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';

it('writes JSON lines without secrets', () => {
  const line = JSON.parse(logged('json')) as Record<string, unknown>;
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(TIME) as string,
    registry: 'r',
    password: '[Redacted]',
    of: { token: '[Redacted]' },
    message: 'refused',
  });
});

it('writes lines for people without secrets', () => {
  const fields = '{"registry":"r","password":"[Redacted]","of":{"token":"[Redacted]"}}';
  const [time, ...rest] = logged('text').trimEnd().split(' ');
  expect(time).toMatch(new RegExp(`^${TIME}$`));
  expect(rest.join(' ')).toBe(`warn refused ${fields}`);
});
