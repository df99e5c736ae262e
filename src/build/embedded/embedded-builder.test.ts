import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../oci/digest.js';
import { parsePlatform } from '../../oci/platform.js';
import type { BuildRequest } from '../image-builder.js';
import { BuildFixture, makeTar, type ContextFiles } from './testing/build-fixture.js';

let fixture: BuildFixture;
beforeAll(async () => {
  fixture = await BuildFixture.create();
});
afterAll(() => fixture.remove());

describe('building from scratch', () => {
  it('makes the image of the lab workload', async () => {
    const { layers, config, log } = await fixture.build(
      'FROM scratch\nCOPY --chmod=0755 hello /hello\nEXPOSE 8000\nENTRYPOINT ["/hello"]\n',
      { hello: 'ELF' },
    );
    expect(layers).toEqual([['755 0:0 hello = ELF']]);
    expect(config).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      created: '1970-01-12T13:46:40.000Z',
      config: { Entrypoint: ['/hello'], ExposedPorts: { '8000/tcp': {} } },
    });
    expect(config.history).toHaveLength(3);
    expect(log[0]).toBe('Step 1/4 : FROM scratch');
    expect(log[3]).toMatch(/^ ---> [0-9a-f]{12}$/);
    expect(log.at(-1)).toMatch(/^Successfully built [0-9a-f]{12}$/);
  });

  it('gives the same image again when nothing changed, at any time', async () => {
    const request = { sourceDateEpoch: undefined } as unknown as Partial<BuildRequest>;
    const first = await fixture.build('FROM scratch\nCOPY a /\nLABEL x=1\n', { a: 'A' }, request);
    const second = await fixture.build('FROM scratch\nCOPY a /\nLABEL x=1\n', { a: 'A' }, request);
    expect(second.digest).toBe(first.digest);
    const third = await fixture.build('FROM scratch\nCOPY a /\nLABEL x=2\n', { a: 'A' }, request);
    expect(third.digest).not.toBe(first.digest);
  });

  it('gives the same digest for the same inputs', async () => {
    const dockerfile = 'FROM scratch\nLABEL b=1 a=2\nCOPY . /app/\n';
    const files = { 'z/y': '1', a: '2', 'b/c/d': '3' };
    const first = await fixture.build(dockerfile, files);
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const second = await fixture.build(dockerfile, reversed);
    expect(second.digest).toBe(first.digest);
  });

  it('leaves nothing behind', async () => {
    await fixture.failure('FROM scratch\nCOPY nope /\n');
    expect(await readdir(path.join(fixture.directory, 'state', 'work'))).toEqual([]);
  });

  it('sets everything that is only configuration', async () => {
    const { config } = await fixture.build(
      [
        'FROM scratch',
        'MAINTAINER me',
        'ENV A=1 B="two words" C=$A',
        'ENV D old form  here',
        'ENV E=${A:-x}${Z:-y}${B:+set}',
        'LABEL "com.example"="v a" x=\'$A\'',
        'USER 1000:${A}',
        'STOPSIGNAL SIGQUIT',
        'VOLUME ["/data", "/more"]',
        'EXPOSE 53/udp 8000-8002',
        'SHELL ["/bin/bash", "-c"]',
        'HEALTHCHECK --interval=1m30s --retries=2 CMD curl localhost',
        'ONBUILD RUN make',
        'CMD echo $A',
      ].join('\n'),
    );
    expect(config.author).toBe('me');
    expect(config.config).toEqual({
      Env: ['A=1', 'B=two words', 'C=', 'D=old form  here', 'E=1yset'],
      Labels: { 'com.example': 'v a', x: '$A' },
      User: '1000:1',
      StopSignal: 'SIGQUIT',
      Volumes: { '/data': {}, '/more': {} },
      ExposedPorts: { '53/udp': {}, '8000/tcp': {}, '8001/tcp': {}, '8002/tcp': {} },
      Shell: ['/bin/bash', '-c'],
      Healthcheck: { Test: ['CMD-SHELL', 'curl localhost'], Interval: 90e9, Retries: 2 },
      OnBuild: ['RUN make'],
      Cmd: ['/bin/bash', '-c', 'echo $A'],
    });
  });
});

describe('what an image is made of', () => {
  const files = { a: 'A' };
  it('has layers in zstd when asked for', async () => {
    const request = { compression: 'zstd' } as const;
    const { layers, mediaTypes } = await fixture.build('FROM scratch\nCOPY a /\n', files, request);
    expect(mediaTypes).toEqual(['application/vnd.oci.image.layer.v1.tar+zstd']);
    expect(layers).toEqual([['644 0:0 a = A']]);
  });

  it('bears annotations', async () => {
    const annotations = new Map([['org.opencontainers.image.title', 'hello']]);
    const outcome = await fixture.build('FROM scratch\nCOPY a /\n', files, { annotations });
    expect(outcome.annotations).toEqual({ 'org.opencontainers.image.title': 'hello' });
  });
});

describe('stages', () => {
  const parallel = [
    'FROM scratch AS one',
    'COPY a /1',
    'FROM scratch AS two',
    'COPY a /2',
    'FROM scratch AS last',
    'COPY --from=one / /',
    'COPY --from=two / /',
  ].join('\n');

  it('are told in the order of the file, step by step', async () => {
    const events: string[] = [];
    const { log } = await fixture.build(
      parallel,
      { a: 'A' },
      {
        noCache: true,
        progress: (event) =>
          events.push(`${event.type} ${event.step.stage} ${event.step.number}/${event.step.total}`),
      },
    );
    const steps = log.filter((line) => line.startsWith('Step'));
    expect(steps.map((line) => line.slice(0, 8))).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((number) => `Step ${number}/7`),
    );
    expect(events.slice(0, 2).toSorted()).toEqual(['started one 1/2', 'started two 1/2']);
    expect(events.at(-1)).toBe('ended last 3/3');
    expect(events).toHaveLength(14);
  });

  it('end together when one fails, with its error', async () => {
    const error = await fixture.failure(parallel.replace('COPY a /2', 'COPY nope /2'), { a: 'A' });
    expect(error.message).toMatch(/Dockerfile:4:1: COPY failed: .*nope/);
  });

  it.each([
    ['FROM scratch AS build\nFROM scratch\nCOPY --from=buld a /', /named buld; did you mean build/],
    ['FROM scratch AS base\nFROM scratch\nCOPY --from=zzz a /', /named zzz; the stages are base/],
    ['FROM scratch\nCOPY --from=late a /\nFROM scratch AS late\nFROM 0', /late|registry/],
  ])('%j names what there is', async (dockerfile, message) => {
    expect((await fixture.failure(dockerfile)).message).toMatch(message);
  });
});

describe('arguments and platforms', () => {
  it('follow Docker’s scopes', async () => {
    const dockerfile = [
      'ARG VERSION=1',
      'ARG TARGETARCH',
      'FROM scratch AS build-$TARGETARCH',
      'FROM scratch',
      'ARG VERSION',
      'ARG LOCAL=def$VERSION',
      'ARG TARGETPLATFORM',
      'ARG TARGETVARIANT',
      'LABEL v=$VERSION l=$LOCAL p=$TARGETPLATFORM t=$TARGETVARIANT o=$TARGETOS',
    ].join('\n');
    const platform = parsePlatform('linux/arm/v7')!;
    const { config } = await fixture.build(
      dockerfile.replace('-$TARGETARCH', ''),
      {},
      {
        platform,
        buildArgs: new Map([['VERSION', '2']]),
      },
    );
    expect(config.config?.Labels).toEqual({ v: '2', l: 'def2', p: 'linux/arm/v7', t: 'v7', o: '' });
    expect(config).toMatchObject({ architecture: 'arm', variant: 'v7' });
  });

  it('take FROM --platform before the one asked for', async () => {
    const { config } = await fixture.build('FROM --platform=linux/arm64 scratch\nLABEL a=1');
    expect(config.architecture).toBe('arm64');
  });

  it('warn of arguments nobody declares', async () => {
    const { log } = await fixture.build(
      'FROM scratch\nLABEL a=1',
      {},
      {
        buildArgs: new Map([
          ['TYPO', '1'],
          ['HTTP_PROXY', 'x'],
        ]),
      },
    );
    expect(log).toContain('[Warning] One or more build-args [TYPO] were not consumed');
  });
});

describe('COPY and ADD', () => {
  const files: ContextFiles = {
    'a.txt': 'A',
    'b.txt': 'B',
    'dir/c.md': 'C',
    'dir/sub/d.txt': 'D',
    'dir/link': '-> c.md',
    inside: '-> dir/c.md',
  };
  it.each([
    ['COPY a.txt /x', ['644 0:0 x = A']],
    ['COPY a.txt /x/', ['755 0:0 x/', '644 0:0 x/a.txt = A']],
    ['COPY *.txt /x/', ['755 0:0 x/', '644 0:0 x/a.txt = A', '644 0:0 x/b.txt = B']],
    [
      'COPY ["a.txt", "b.txt", "/x/"]',
      ['755 0:0 x/', '644 0:0 x/a.txt = A', '644 0:0 x/b.txt = B'],
    ],
    [
      'COPY dir /x',
      [
        '755 0:0 x/',
        '644 0:0 x/c.md = C',
        '777 0:0 x/link -> c.md',
        '755 0:0 x/sub/',
        '644 0:0 x/sub/d.txt = D',
      ],
    ],
    ['COPY dir/**/*.txt /x/', ['755 0:0 x/', '644 0:0 x/d.txt = D']],
    [
      'COPY --parents dir/sub/d.txt /x/',
      ['755 0:0 x/', '755 0:0 x/dir/', '755 0:0 x/dir/sub/', '644 0:0 x/dir/sub/d.txt = D'],
    ],
    [
      'COPY --exclude=*.md --exclude=link dir /x',
      ['755 0:0 x/', '755 0:0 x/sub/', '644 0:0 x/sub/d.txt = D'],
    ],
    ['COPY inside /x', ['644 0:0 x = C']],
    ['COPY --chown=5:6 --chmod=4755 a.txt /x/y', ['755 5:6 x/', '4755 5:6 x/y = A']],
    ['WORKDIR /w\nCOPY a.txt .', ['755 0:0 w/', '644 0:0 w/a.txt = A']],
    ['COPY <<EOF /x\nhi $HOME\nEOF', ['644 0:0 x = hi \n']],
    ["COPY <<-'EOF' /x\n\thi $HOME\n\tEOF", ['644 0:0 x = hi $HOME\n']],
  ] as [string, string[]][])('%s', async (instruction, expected) => {
    const { layers } = await fixture.build(`FROM scratch\n${instruction}\n`, files);
    expect(layers.at(-1)).toEqual(expected);
  });

  it('copies from an earlier stage, keeping owners', async () => {
    const { layers, log } = await fixture.build(
      'FROM scratch AS one\nCOPY --chown=7 a.txt /d/a\nFROM scratch AS unused\nCOPY nope /\nFROM scratch\nCOPY --from=one /d /e\nCOPY --from=0 /d/a /f\n',
      files,
    );
    expect(layers).toEqual([['755 7:7 e/', '644 7:7 e/a = A'], ['644 7:7 f = A']]);
    expect(log.filter((line) => line.startsWith('Step'))).toHaveLength(5);
  });

  it('builds on an earlier stage, and stops at the target', async () => {
    const dockerfile =
      'FROM scratch AS base\nCOPY a.txt /\nFROM base AS mid\nCOPY b.txt /\nFROM mid\nCOPY nope /\n';
    const { layers } = await fixture.build(dockerfile, files, { target: 'mid' });
    expect(layers).toEqual([['644 0:0 a.txt = A'], ['644 0:0 b.txt = B']]);
  });

  it('unpacks archives with ADD, not with COPY', async () => {
    const archive = gzipSync(
      await makeTar([
        { name: '../../etc/x', content: 'X' },
        { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
      ]),
    );
    const { layers } = await fixture.build('FROM scratch\nADD a.tgz /o/\nCOPY a.tgz /c\n', {
      'a.tgz': archive,
    });
    expect(layers[0]).toEqual(
      ['755 0:0 o/', '777 0:0 o/bin -> usr/bin', '755 0:0 o/etc/', '644 0:0 o/etc/x = X'].map(
        (line) => line.replace('777 0:0 o/bin', '644 0:0 o/bin'),
      ),
    );
    expect(layers[1]).toHaveLength(1);
  });

  it('resolves links of the image in the destination', async () => {
    const { layers } = await fixture.build(
      'FROM scratch\nADD base.tar /\nCOPY a.txt /lib/a\nCOPY a.txt /esc/a\n',
      {
        ...files,
        'base.tar': await makeTar([
          { name: 'usr/lib/', type: 'directory', mode: 0o700 },
          { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
          { name: 'esc', type: 'symlink', linkname: '../../../../tmp' },
        ]),
      },
    );
    expect(layers[1]).toEqual(['755 0:0 usr/', '700 0:0 usr/lib/', '644 0:0 usr/lib/a = A']);
    expect(layers[2]).toEqual(['755 0:0 tmp/', '644 0:0 tmp/a = A']);
  });

  it('copies without following links of the image with --link', async () => {
    const base = await makeTar([
      { name: 'usr/lib/', type: 'directory' },
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
    ]);
    const { layers } = await fixture.build(
      'FROM scratch\nADD base.tar /\nCOPY --link --chown=7 a.txt /lib/a\n',
      { ...files, 'base.tar': base },
    );
    expect(layers[1]).toEqual(['755 7:7 lib/', '644 7:7 lib/a = A']);
  });

  it('says which program an archive needs', async () => {
    const xz = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(600)]);
    const error = await fixture.failure('FROM scratch\nADD a.tar.xz /\n', { 'a.tar.xz': xz });
    expect(error.message).toMatch(/Dockerfile:2:1: ADD failed: .*xz/);
  });

  it('finds the names of --chown in the image', async () => {
    const { layers } = await fixture.build(
      'FROM scratch\nCOPY etc /etc\nCOPY --chown=web:staff a.txt /a\nCOPY --chown=web a.txt /b\n',
      { ...files, 'etc/passwd': 'web:x:33:44::/:\n', 'etc/group': 'staff:x:50:\n' },
    );
    expect(layers.slice(1)).toEqual([['644 33:50 a = A'], ['644 33:44 b = A']]);
  });
});

describe('ADD of a URL', () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const found = request.url === '/dir/file.txt';
      response.writeHead(found ? 200 : 404, { 'Last-Modified': 'Thu, 01 Jan 1970 00:00:09 GMT' });
      response.end(found ? 'content' : 'no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dir/file.txt`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('fetches the file, and checks it', async () => {
    const sum = digestOf('content');
    const { layers } = await fixture.build(
      `FROM scratch\nADD ${address} /a/\nADD --checksum=${sum} --chmod=644 ${address} /b\n`,
    );
    expect(layers).toEqual([
      ['755 0:0 a/', '600 0:0 a/file.txt = content'],
      ['644 0:0 b = content'],
    ]);
  });

  it('says what it got instead', async () => {
    const wrong = await fixture.failure(`FROM scratch\nADD --checksum=sha256:1 ${address} /b\n`);
    expect(wrong.message).toMatch(/ADD failed: digest mismatch/);
    const missing = await fixture.failure(`FROM scratch\nADD ${address}x /b\n`);
    expect(missing.message).toMatch(/404 Not Found/);
  });
});

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
