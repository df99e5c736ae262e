import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { formatPlatform } from '../../oci/platform.js';
import {
  addBuildOptions,
  buildArgsOf,
  namesOf,
  platformsOf,
  secretsOf,
  type BuildOptions,
} from './build-options.js';

function parse(...argv: string[]): BuildOptions {
  const command = addBuildOptions(new Command('build').exitOverride());
  command.configureOutput({ writeErr: () => undefined });
  return command.parse(argv, { from: 'user' }).opts<BuildOptions>();
}

describe('the flags of build', () => {
  it('take several platforms, each once', () => {
    const options = parse('--platform', 'linux/amd64,arm64', '--platform', 'linux/arm64');
    expect(platformsOf(options).map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('take the value of an argument from the environment', () => {
    const options = parse('--build-arg', 'A=1=2', '--build-arg', 'B', '--build-arg', 'C');
    expect([...buildArgsOf(options, { B: 'b' })]).toEqual([
      ['A', '1=2'],
      ['B', 'b'],
    ]);
  });

  it('read secrets from the environment', async () => {
    const options = parse('--secret', 'id=TOKEN', '--secret', 'id=x,env=OTHER');
    const secrets = await secretsOf(options, { TOKEN: 't', OTHER: 'o' });
    expect([...secrets].map(([id, value]) => `${id}=${Buffer.from(value).toString()}`)).toEqual([
      'TOKEN=t',
      'x=o',
    ]);
  });

  it.each([
    ['--memory', '512m', { memory: 512 * 1024 ** 2 }],
    ['--cpus', '0.5', { cpus: 0.5 }],
    ['--output', 'oci:out', { output: { kind: 'oci', path: 'out' } }],
    ['--compression', 'zstd', { compression: 'zstd' }],
    ['--annotation', 'a=b=c', { annotation: [['a', 'b=c']] }],
  ])('%s %s', (flag, value, expected) => {
    expect(parse(flag, value)).toMatchObject(expected);
  });

  it.each([
    ['--platform', 'a/b/c/d'],
    ['--output', 'floppy:a'],
    ['--memory', '1m'],
    ['--memory', 'much'],
    ['--cpus', '0'],
    ['--builder', 'kaniko'],
    ['--compression', 'lzma'],
    ['--annotation', 'nothing'],
  ])('refuse %s %s', (flag, value) => {
    expect(() => parse(flag, value)).toThrow(CommanderError);
  });

  it('refuse names that are none, and secrets that are not there', async () => {
    expect(() => namesOf(parse('-t', 'a//b'))).toThrow(/is no name for an image/);
    await expect(secretsOf(parse('--secret', 'src=x'), {})).rejects.toThrow(/cannot be read/);
    await expect(secretsOf(parse('--secret', 'id=x,src=/none'), {})).rejects.toThrow(/secret x/);
    await expect(secretsOf(parse('--secret', 'id=x'), {})).rejects.toThrow(/secret x/);
  });
});
