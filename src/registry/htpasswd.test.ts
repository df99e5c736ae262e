import { createHash } from 'node:crypto';
import type * as Bcrypt from 'bcryptjs';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFixture, type RegistryFixture } from './testing/registry-fixture.js';

/** What bcrypt was asked to do: two to the cost of every comparison, and how many ran at a time. */
const bcrypt = vi.hoisted(() => ({ work: 0, running: 0, mostAtOnce: 0 }));
vi.mock('bcryptjs', async (importOriginal) => {
  const original = await importOriginal<typeof Bcrypt>();
  const compare = async (password: string, hash: string): Promise<boolean> => {
    bcrypt.work += 2 ** Number(hash.slice(4, 6));
    bcrypt.mostAtOnce = Math.max(bcrypt.mostAtOnce, ++bcrypt.running);
    return original.compare(password, hash).finally(() => bcrypt.running--);
  };
  return { ...original, compare };
});

const sha1 = (text: string): string => `{SHA}${createHash('sha1').update(text).digest('base64')}`;

let registry: RegistryFixture;
beforeAll(async () => {
  const htpasswd = { dear: hashSync('pw', 7), cheap: hashSync('pw', 4), old: sha1('pw') };
  registry = await createFixture({ htpasswd });
});
afterAll(() => registry.close());
beforeEach(() => {
  Object.assign(bcrypt, { work: 0, running: 0, mostAtOnce: 0 });
});

async function statusOf(name: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  return (await registry.send('/v2/', { authorization })).status;
}

describe('a password file', () => {
  it.each(['dear', 'cheap', 'old', 'nobody', '', 'constructor', '__proto__'])(
    'does the same work before it refuses %j as before it refuses any other',
    async (name) => {
      expect(await statusOf(name, 'wrong')).toBe(401);
      expect(bcrypt.work).toBe(2 ** 7);
    },
  );

  it.each(['dear', 'cheap', 'nobody'])('does none for %j and too long a password', async (name) => {
    expect(await statusOf(name, `pw${'x'.repeat(71)}`)).toBe(401);
    expect(bcrypt.work).toBe(0);
  });

  it('lets its users in', async () => {
    for (const name of ['dear', 'cheap', 'old']) expect(await statusOf(name, 'pw')).toBe(200);
  });

  it('checks one password at a time', async () => {
    const names = Array.from({ length: 5 }, (_, at) => `nobody-${at}`);
    await Promise.all(names.map((name) => statusOf(name, 'wrong')));
    expect(bcrypt.mostAtOnce).toBe(1);
  });
});
