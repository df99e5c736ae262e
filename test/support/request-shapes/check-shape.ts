import { expect, vi } from 'vitest';
import type { RequestShape } from './request-shape.js';
import type { Answered, Sent, ShapeWorld } from './shape-world.js';

const DEADLINE = { timeout: 15_000, interval: 20 };

/** Sends a shape, and asserts on all that its client reads of the answer. */
export async function checkShape(
  world: ShapeWorld,
  shape: RequestShape,
  version: string | undefined,
): Promise<void> {
  const sent = requestOf(world, shape, version);
  const check = async (): Promise<Answered> => {
    const answered = await world.send(sent);
    expectAnswer(world, shape, answered);
    return answered;
  };
  const answered = await (shape.repeats ? vi.waitFor(check, DEADLINE) : check());
  for (const [place, path] of Object.entries(shape.keeps ?? {})) {
    world.places.set(place, textAt(answered.json, path));
  }
  if (shape.polls && !(answered.status === 200 && !answered.headers[shape.polls])) {
    await pollToEnd(world, shape, answered, shape.polls);
  }
}

function expectAnswer(world: ShapeWorld, shape: RequestShape, answered: Answered): void {
  const { status, reads, answer, text } = shape;
  expect([status].flat(), answered.text).toContain(answered.status);
  if (reads) expect(answered.headers).toMatchObject(filled(world, reads) as object);
  if (answer) expect(answered.json).toMatchObject(filled(world, answer) as object);
  if (text) expect(answered.text).toMatch(text);
}

/** As azure-core and the containerapp commands do, but without their pauses. */
async function pollToEnd(
  world: ShapeWorld,
  { fails }: RequestShape,
  first: Answered,
  header: 'azure-asyncoperation' | 'location',
): Promise<void> {
  const url = String(first.headers[header]);
  expect(url).toMatch(/^https:\/\//);
  expectPause(first);
  const headers = { authorization: `Bearer ${place(world, 'token')}` };
  await vi.waitFor(async () => {
    const answered = await world.send({ method: 'GET', url, headers });
    const { status } = (answered.json ?? {}) as { status?: string };
    const goesOn = header === 'location' ? answered.status === 202 : status === 'InProgress';
    if (goesOn) {
      expectPause(answered);
      throw new Error(`${url} goes on`);
    }
    if (fails) {
      expect(answered.json).toMatchObject(fails);
      return;
    }
    expect([200, 204], answered.text).toContain(answered.status);
    if (header === 'azure-asyncoperation') expect(status, answered.text).toBe('Succeeded');
  }, DEADLINE);
}

/** Without it, or with 0, azure-core waits for half a minute. */
function expectPause({ headers }: Answered): void {
  expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
}

function requestOf(world: ShapeWorld, shape: RequestShape, version: string | undefined): Sent {
  const { method } = shape;
  const path = fill(world, shape.path);
  const query = [
    ...(version === undefined ? [] : [['api-version', version]]),
    ...Object.entries(shape.query ?? {}),
  ].map(([name = '', value = '']) => `${name}=${encodeURIComponent(fill(world, value))}`);
  const body = bodyOf(world, shape);
  return {
    method,
    url: [
      path.startsWith('https:') ? path : `${place(world, 'gateway')}${path}`,
      ...(query.length > 0 ? [path.includes('?') ? '&' : '?', query.join('&')] : []),
    ].join(''),
    headers: {
      ...credentials(world, shape),
      ...(body && { 'content-type': body.type }),
      ...(filled(world, shape.headers ?? {}) as Record<string, string>),
    },
    ...(body && { body: body.bytes }),
  };
}

function credentials(
  world: ShapeWorld,
  { as = 'token', user }: RequestShape,
): Record<string, string> {
  if (user !== undefined) {
    return { authorization: `Basic ${Buffer.from(fill(world, user)).toString('base64')}` };
  }
  return as === null ? {} : { authorization: `Bearer ${place(world, as)}` };
}

function bodyOf(
  world: ShapeWorld,
  { body, over }: RequestShape,
): { type: string; bytes: string | Buffer } | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return { type: 'application/octet-stream', bytes: body };
  if (body instanceof URLSearchParams) {
    const pairs = [...body].map(([name, value]): [string, string] => [name, fill(world, value)]);
    const bytes = new URLSearchParams(pairs).toString();
    return { type: 'application/x-www-form-urlencoded', bytes };
  }
  const type = 'application/json';
  if (typeof body === 'string') return { type, bytes: fill(world, body) };
  const under: unknown = over === undefined ? {} : JSON.parse(place(world, over));
  return { type, bytes: JSON.stringify(laidOver(under, filled(world, body))) };
}

/** Objects are merged; everything else, `null` too, is taken from above. */
function laidOver(under: unknown, above: unknown): unknown {
  if (!isPlain(under) || !isPlain(above)) return above;
  const merged = Object.entries(above).map(([name, value]) => [name, laidOver(under[name], value)]);
  return { ...under, ...Object.fromEntries(merged) };
}

/** The same with every place filled; what is no plain object, such as a matcher, is left as it is. */
function filled(world: ShapeWorld, value: unknown): unknown {
  if (typeof value === 'string') return fill(world, value);
  if (Array.isArray(value)) return value.map((item) => filled(world, item));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [fill(world, name), filled(world, item)]),
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function fill(world: ShapeWorld, text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => place(world, name));
}

function place({ places }: ShapeWorld, name: string): string {
  const value = places.get(name);
  if (value === undefined) throw new Error(`no earlier answer filled the place {${name}}`);
  return value;
}

function textAt(json: unknown, path: string): string {
  if (path === '') return JSON.stringify(json);
  let at = json;
  for (const step of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[step];
  if (typeof at !== 'string') throw new Error(`the answer has no text at ${path}`);
  return at;
}
