import { expect, it } from 'vitest';
import { thenCleanUp } from './then-clean-up.js';

it.each<{ fails: string[]; told: string | undefined }>([
  { fails: [], told: undefined },
  { fails: ['first'], told: 'first' },
  { fails: ['second'], told: 'second' },
  { fails: ['first', 'second'], told: 'first' },
  { fails: ['work'], told: 'work' },
  { fails: ['work', 'first', 'second'], told: 'work' },
])('runs every cleanup in its order when $fails fail, and tells $told', async ({ fails, told }) => {
  const ran: string[] = [];
  const doing = (name: string) => async (): Promise<string> => {
    await Promise.resolve();
    ran.push(name);
    if (fails.includes(name)) throw new Error(name);
    return name;
  };
  const cleanups = ['first', 'second', 'third'].map((name) => async () => {
    await doing(name)();
  });
  const outcome = thenCleanUp(doing('work')(), cleanups);
  if (told === undefined) await expect(outcome).resolves.toBe('work');
  else await expect(outcome).rejects.toThrow(new Error(told));
  expect(ran).toEqual(['work', 'first', 'second', 'third']);
});

it('runs cleanups that the work adds while it goes on', async () => {
  const cleanups: (() => Promise<void>)[] = [];
  const ran: string[] = [];
  const work = Promise.resolve().then(() => {
    cleanups.push(() => Promise.resolve(void ran.push('added')));
  });
  await thenCleanUp(work, cleanups);
  expect(ran).toEqual(['added']);
});
