import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../oci/digest.js';
import { BuildFixture, makeTar, type ContextFiles } from './testing/build-fixture.js';

let fixture: BuildFixture;
beforeAll(async () => {
  fixture = await BuildFixture.create();
});
afterAll(() => fixture.remove());

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
