import { describe, expect, it } from 'vitest';
import { ArmError, armErrors, asArmError } from './errors.js';

describe('asArmError', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });

  it.each([
    ['a refusal as it is', armErrors.invalidToken(), 401, 'InvalidAuthenticationToken'],
    ['a full disk', full, 507, 'InsufficientStorage'],
    [
      'a full disk in the words of the database',
      new Error('database or disk is full'),
      507,
      'InsufficientStorage',
    ],
    ['anything else without its message', new Error('secret'), 500, 'InternalServerError'],
  ])('tells %s', (_name, error, status, code) => {
    const refusal = asArmError(error);
    expect(refusal).toBeInstanceOf(ArmError);
    expect(refusal).toMatchObject({ status, code });
    expect(refusal.message).not.toContain('secret');
  });
});
