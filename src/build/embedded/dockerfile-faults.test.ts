import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildFixture, type ContextFiles } from './testing/build-fixture.js';

let fixture: BuildFixture;
beforeAll(async () => {
  fixture = await BuildFixture.create();
});
afterAll(() => fixture.remove());

describe('a Dockerfile at fault', () => {
  it.each([
    [
      'FROM scratch\nCOPYY a b',
      /^Dockerfile:2:1: unknown instruction: COPYY \(did you mean COPY\?\)\n {2}COPYY a b\n {2}\^$/,
    ],
    ['', /no FROM/],
    ['RUN x', /Dockerfile:1:1: no build stage/],
    ['FROM', /FROM requires/],
    ['FROM a b c', /FROM requires either/],
    ['FROM scratch AS 1x', /invalid name for build stage/],
    ['FROM $NOPE', /base name \(\$NOPE\) should not be blank/],
    ['FROM UPPER/Case', /invalid reference format/],
    ['FROM --platform=a/b/c/d scratch', /failed to parse platform/],
    ['FROM --nope=1 scratch', /unknown flag: --nope/],
    ['FROM scratch\nCOPY a', /at least two arguments/],
    [
      'FROM scratch\nCOPY nope /',
      /Dockerfile:2:1: COPY failed: file not found in build context.*stat nope/,
    ],
    ['FROM scratch\nCOPY ../x /', /forbidden path outside the build context: \.\.\/x/],
    ['FROM scratch\nCOPY out /', /forbidden path outside the build context: out is a link/],
    ['FROM scratch\nCOPY absolute /', /forbidden path outside/],
    ['FROM scratch\nCOPY climbing /', /forbidden path outside/],
    ['FROM scratch\nCOPY loop /', /forbidden path outside/],
    ['FROM scratch\nCOPY *.none /', /file not found/],
    ['FROM scratch\nCOPY [z /', /syntax error in pattern/],
    ['FROM scratch\nCOPY a b /x', /destination must be a directory/],
    ['FROM scratch\nCOPY --from=nope a /', /registry|reach|resolve/],
    ['FROM scratch\nCOPY --chown=nobody a /', /can't find "nobody"/],
    ['FROM scratch\nCOPY --chmod=u+x a /', /must be octal/],
    ['FROM scratch\nCOPY a /d/\nCOPY a /d', /none/],
    ['FROM scratch\nADD https://github.com/a/b.git /', /git repository is not implemented/],
    ['FROM scratch\nADD http://127.0.0.1:65534/x /', /cannot fetch .*ECONNREFUSED/],
    ['FROM scratch\nADD http://127.0.0.1:1 /', /cannot determine filename/],
    ['FROM scratch\nENV A', /must have two arguments/],
    ['FROM scratch\nENV A=1 B', /can't find = in "B"/],
    ['FROM scratch\nENV A="x', /looking for matching/],
    ['FROM scratch\nENV A=${B', /unsupported modifier|missing/],
    ['FROM scratch\nENV A=${B:?needed}', /B: needed/],
    ['FROM scratch\nEXPOSE 99999', /invalid containerPort/],
    ['FROM scratch\nEXPOSE 9-3', /invalid containerPort/],
    ['FROM scratch\nSTOPSIGNAL nope!', /invalid signal/],
    ['FROM scratch\nSHELL bash', /JSON form/],
    ['FROM scratch\nHEALTHCHECK --interval=5 CMD x', /invalid duration/],
    ['FROM scratch\nHEALTHCHECK FOO', /unknown type "FOO"/],
    ['FROM scratch\nONBUILD FROM x', /isn't allowed/],
    ['FROM scratch\nONBUILD NOPE x', /unknown instruction/],
    ['FROM scratch\nCOPY <<EOF /x\nnever ends', /unterminated heredoc: EOF/],
    ['# escape=x\nFROM scratch', /invalid escape character/],
    ['FROM scratch\nRUN true', /Dockerfile:2:1: RUN needs a container runtime/],
  ])('%j', async (dockerfile, message) => {
    const files: ContextFiles = {
      a: '1',
      b: '2',
      out: '-> ../../etc/passwd',
      absolute: '-> /etc/passwd',
      climbing: '-> dir/../../x',
      'dir/x': '1',
      loop: '-> loop',
    };
    if (message.source === 'none') {
      await fixture.build(dockerfile, files);
      return;
    }
    expect((await fixture.failure(dockerfile, files)).message).toMatch(message);
  });

  it('names the stages when the target is none of them', async () => {
    const error = await fixture.failure('FROM scratch AS one\n', {}, { target: 'two' });
    expect(error.message).toMatch(/build target two.*stages are one/);
  });

  it('must be inside the context', async () => {
    const escaping = await fixture.failure('FROM scratch', {}, { dockerfile: '../state' });
    expect(escaping.message).toMatch(/forbidden path/);
    const missing = await fixture.failure('FROM scratch', {}, { dockerfile: 'No' });
    expect(missing.message).toMatch(/no such file/);
  });

  it('is told of an aborted build', async () => {
    const signal = AbortSignal.abort();
    await expect(fixture.build('FROM scratch\nCOPY a /', { a: '1' }, {}, signal)).rejects.toThrow(
      /abort/i,
    );
  });
});

describe('parsing', () => {
  it('joins lines, skips comments between them, and knows the escape directive', async () => {
    const { config } = await fixture.build(
      '# syntax=docker/dockerfile:1\n# escape=`\n# a comment\nFROM scratch\nENV A=1 `\n  # in between\n\n  B=c:\\x `\n  C=3\nlabel a=b\n',
    );
    expect(config.config?.Env).toEqual(['A=1', 'B=c:\\x', 'C=3']);
    expect(config.config?.Labels).toEqual({ a: 'b' });
  });
});
