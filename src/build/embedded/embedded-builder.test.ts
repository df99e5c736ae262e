import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlatform } from '../../oci/platform.js';
import type { BuildRequest } from '../image-builder.js';
import { BuildFixture } from './testing/build-fixture.js';

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
