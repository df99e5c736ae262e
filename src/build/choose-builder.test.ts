import { describe, expect, it } from 'vitest';
import { chooseBuilder, type BuilderChoice, type BuilderName } from './choose-builder.js';

const choice = (name: BuilderName, obstacle?: string): BuilderChoice => ({
  name,
  create: () => ({ name, build: () => Promise.reject(new Error('not here')) }),
  obstacle: () => Promise.resolve(obstacle),
});

describe('chooseBuilder', () => {
  it.each([
    ['auto', [choice('embedded'), choice('buildx')], 'embedded', 'it needs no daemon'],
    ['auto', [choice('embedded', 'no Linux'), choice('buildx')], 'buildx', /embedded .* not work/],
    ['buildah', [choice('embedded'), choice('buildah')], 'buildah', 'it was asked for'],
  ] as const)('%s takes the first that works', async (wanted, choices, name, reason) => {
    const chosen = await chooseBuilder(wanted, choices);
    expect(chosen.builder.name).toBe(name);
    expect(chosen.reason).toMatch(reason);
  });

  it('says why none works', async () => {
    const choices = [choice('embedded', 'no Linux'), choice('buildx', 'not installed')];
    await expect(chooseBuilder('auto', choices)).rejects.toMatchObject({
      message: 'no builder works here',
      why: 'embedded: no Linux; buildx: not installed',
    });
    await expect(chooseBuilder('buildx', choices)).rejects.toMatchObject({
      why: 'buildx: not installed',
    });
  });
});
