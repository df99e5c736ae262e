import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryComponents, UnsafeEntryError } from './entry-path.js';

describe('entryComponents', () => {
  it.each([
    ['usr/bin/sh', ['usr', 'bin', 'sh']],
    ['./usr//bin/', ['usr', 'bin']],
    ['/etc/passwd', ['etc', 'passwd']],
    ['./', []],
    ['', []],
    ['...', ['...']],
    ['a..b', ['a..b']],
  ])('%j is %j', (name, components) => {
    expect(entryComponents(name)).toEqual(components);
  });

  it.each([
    ['..', /climbs out/],
    ['../etc/passwd', /climbs out/],
    ['a/../../b', /climbs out/],
    ['a/..', /climbs out/],
    ['/..', /climbs out/],
    ['a\0b', /zero byte/],
    ['a'.repeat(256), /longer than a file name/],
    ['ab/'.repeat(2000), /too long/],
  ])('refuses %j', (name, why) => {
    expect(() => entryComponents(name)).toThrow(UnsafeEntryError);
    expect(() => entryComponents(name)).toThrow(why);
  });

  it('never gives a component that a path could climb by, whatever the name', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        try {
          return entryComponents(name).every(
            (part) => part !== '' && part !== '.' && part !== '..' && !/[/\0]/.test(part),
          );
        } catch (error) {
          return error instanceof UnsafeEntryError;
        }
      }),
    );
  });
});
