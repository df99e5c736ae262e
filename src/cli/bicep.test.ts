import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBicep } from './bicep.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bicep-'));
  writeFileSync(path.join(folder, 'good.bicep'), "param a string = 'x'\noutput o string = a\n");
  writeFileSync(path.join(folder, 'warn.bicep'), "param a string = 'x'\n");
  writeFileSync(path.join(folder, 'bad.bicep'), 'output o string = nope\n');
  writeFileSync(path.join(folder, 'good.bicepparam'), "using 'good.bicep'\nparam a = 'file'\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = async (argv: string[], environment: Record<string, string> = {}) => {
  const out = { stdout: '', stderr: '' };
  const code = await runBicep(argv, {
    stdout: (text) => {
      out.stdout += text;
    },
    stderr: (text) => {
      out.stderr += text;
    },
    environment,
  });
  return { code, ...out };
};
const file = (name: string): string => path.join(folder, name);

describe('the bicep command', () => {
  it('answers --version with a semantic version', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Bicep CLI version \d+\.\d+\.\d+ /) as string,
    });
  });

  it.each([['--help'], ['-h'], ['build', '--help']])('explains itself for %j', async (...argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: bicep/);
  });

  it('writes the template to stdout and nothing else', async () => {
    const { code, stdout, stderr } = await run(['build', '--stdout', file('good.bicep')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: expect.stringContaining('/deploymentTemplate.json#') as string,
    });
  });

  it('puts warnings on stderr and still succeeds', async () => {
    const { code, stderr } = await run(['lint', file('warn.bicep')]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warn\.bicep\(1,7\) : Warning no-unused-params: /);
  });

  it('fails with every error placed, and writes no template', async () => {
    const { code, stdout, stderr } = await run(['build', '--stdout', file('bad.bicep')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/bad\.bicep\(1,19\) : Error BCP057: .*nope/);
  });

  it('writes beside the source, into a folder, or where it is told', async () => {
    await run(['build', file('good.bicep')]);
    await run(['build', file('good.bicep'), '--outfile', file('there.json')]);
    expect(readFileSync(file('good.json'), 'utf8')).toBe(readFileSync(file('there.json'), 'utf8'));
    expect(await run(['build', file('good.bicep'), '--outdir', file('nowhere')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('could not be written') as string,
    });
  });

  it('answers build-params with two strings, overridden by the environment', async () => {
    const { code, stdout } = await run(['build-params', file('good.bicepparam'), '--stdout'], {
      BICEP_PARAMETERS_OVERRIDES: '{"a":"over"}',
    });
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { parametersJson: string; templateJson: string };
    expect(JSON.parse(answer.parametersJson)).toMatchObject({
      parameters: { a: { value: 'over' } },
    });
    expect(JSON.parse(answer.templateJson)).toHaveProperty('resources');
  });

  it.each([
    [['build'], /path of a file is missing/],
    [['decompile', 'x.json'], /"decompile" is not implemented: write the template in Bicep/],
    [['format', 'x.bicep'], /"format" is not implemented/],
    [['frob', 'x.bicep'], /"frob" is not known/],
    [['build', '--nope', 'x'], /--nope is not known/],
    [['build', '--outfile'], /--outfile needs a value/],
    [['build', 'a', 'b'], /only one file/],
    [[], /a command is missing/],
    [['frob'], /"frob" is not known/],
  ])('refuses %j with the usage', async (argv, message) => {
    const { code, stderr } = await run(argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('usage: bicep');
  });

  it('lints at the levels of a configuration beside the file', async () => {
    mkdirSync(file('linted'));
    writeFileSync(file('linted/main.bicep'), 'param a string\n');
    const rules = { 'no-unused-params': { level: 'error' } };
    writeFileSync(
      file('linted/bicepconfig.json'),
      JSON.stringify({ analyzers: { core: { rules } } }),
    );
    const { code, stderr } = await run(['lint', file('linted/main.bicep')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/main\.bicep\(1,7\) : Error no-unused-params: /);
  });

  it('reads what is in a folder', async () => {
    mkdirSync(file('assets/deep'), { recursive: true });
    for (const name of ['b.txt', 'A.txt', 'c.json']) writeFileSync(file(`assets/${name}`), '');
    writeFileSync(
      file('folder.bicep'),
      "output o array = loadDirectoryFileInfo('./assets', '*.txt')\n",
    );
    const { code, stdout } = await run(['build', '--stdout', file('folder.bicep')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: {
        o: {
          value: [
            { relativePath: 'assets/A.txt', baseName: 'A.txt', extension: '.txt' },
            { relativePath: 'assets/b.txt', baseName: 'b.txt', extension: '.txt' },
          ],
        },
      },
    });
  });

  it.each([
    ["'./nowhere'", 'BCP428'],
    ["'./good.bicep'", 'BCP430'],
    ["'/etc'", 'BCP051'],
    ["concat('.', '/')", 'BCP032'],
  ])('refuses the folder %s', async (folder, code) => {
    writeFileSync(file('refused.bicep'), `output o array = loadDirectoryFileInfo(${folder})\n`);
    const { stderr } = await run(['build', '--stdout', file('refused.bicep')]);
    expect(stderr).toContain(`Error ${code}: `);
  });

  it('says that a file is not there', async () => {
    expect(await run(['build', '--stdout', file('none.bicep')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BCP091') as string,
    });
  });
});
