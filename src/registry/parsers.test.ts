import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScope, grant, parseScopes, type AccessEntry } from './access.js';
import { negotiate, parseAccept } from './accept.js';
import { parseContentRange, parseRange } from '../http/byte-range.js';
import { RegistryError } from './errors.js';
import { parseHtpasswd } from './htpasswd.js';
import { summarize } from './manifest-summary.js';
import { DocumentError } from '../oci/document.js';
import { parseBasic } from './password.js';
import { parseRoute } from './route.js';

describe('parseRange', () => {
  it('never leaves the content', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
      fc.nat().map((a) => `bytes=-${a}`),
      fc.nat().map((a) => `bytes=${a}-`),
    );
    fc.assert(
      fc.property(header, fc.nat({ max: 100_000 }), (text, size) => {
        const range = parseRange(text, size);
        if (range === undefined || range === 'unsatisfiable') return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.first).toBeLessThanOrEqual(range.last);
        expect(range.last).toBeLessThan(size);
      }),
    );
  });
});

describe('parseContentRange', () => {
  it.each([
    ['0-0', { first: 0, last: 0 }],
    ['5-9', { first: 5, last: 9 }],
    ['bytes 5-9/10', { first: 5, last: 9 }],
    ['bytes 5-9/*', { first: 5, last: 9 }],
  ])('reads %j', (text, range) => {
    expect(parseContentRange(text)).toEqual(range);
  });

  it.each(['', '-', '1-', '-1', '9-5', 'bytes */10', '1-2-3', '0x1-2', '1-99999999999999999999'])(
    'refuses %j',
    (text) => {
      expect(parseContentRange(text)).toBeUndefined();
    },
  );
});

describe('parseRoute', () => {
  it('never throws, and finds what was put in', () => {
    fc.assert(fc.property(fc.string(), (path) => void parseRoute(`/v2/${path}`)));
    fc.assert(fc.property(fc.webPath(), (path) => void parseRoute(path)));
    const component = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const words = fc.constantFrom('blobs', 'manifests', 'uploads', 'tags', 'list', 'referrers');
    const name = fc.array(fc.oneof(component, words), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(name, component, (parts, reference) => {
        const repository = parts.join('/');
        const kind = 'manifest';
        const path = `/v2/${repository}/manifests/${reference}`;
        expect(parseRoute(path)).toEqual({ kind, repository, reference });
      }),
    );
  });
});

describe('parseScopes', () => {
  it.each([
    ['repository:a/b:pull,push', [{ type: 'repository', name: 'a/b', actions: ['pull', 'push'] }]],
    ['repository(plugin):a:pull', [{ type: 'repository', name: 'a', actions: ['pull'] }]],
    ['registry:catalog:*', [{ type: 'registry', name: 'catalog', actions: ['*'] }]],
    ['', []],
    ['repository:a', []],
    ['host:a:pull', []],
    ['::', []],
  ])('reads %j', (text, entries) => {
    expect(parseScopes(text)).toEqual(entries);
  });

  it('reads back what formatScope writes', () => {
    const entry = fc.record({
      type: fc.constantFrom('repository' as const, 'registry' as const),
      name: fc.stringMatching(/^[a-z0-9/]{1,10}$/),
      actions: fc.array(fc.stringMatching(/^[a-z_]{1,5}$/), { minLength: 1 }),
    });
    fc.assert(
      fc.property(entry, (value) => {
        expect(parseScopes(formatScope(value))).toEqual([value]);
      }),
    );
  });
});

describe('grant', () => {
  it('never gives more than is held', () => {
    const held: AccessEntry[] = [{ type: 'repository', name: 'team/*', actions: ['pull'] }];
    const ask = (name: string, ...actions: string[]) =>
      grant(held, { type: 'repository', name, actions })?.actions;
    expect(ask('team/a', 'pull', 'push')).toEqual(['pull']);
    expect(ask('team/a', '*')).toEqual(['pull']);
    expect(ask('teams', 'pull')).toBeUndefined();
    expect(ask('*', 'pull')).toBeUndefined();
    expect(grant(held, { type: 'registry', name: 'team/a', actions: ['pull'] })).toBeUndefined();
  });
});

describe('negotiate', () => {
  it('reads any Accept header', () => {
    fc.assert(fc.property(fc.string(), (header) => void parseAccept(header)));
    expect([...parseAccept('a/b;q=0.5, C/D ,,;')]).toEqual(['a/b', 'c/d']);
    expect(negotiate(undefined, 'application/vnd.docker.distribution.manifest.v2+json', true)).toBe(
      'as-stored',
    );
  });
});

describe('parseBasic', () => {
  it('gives what was put in, and undefined for anything else', () => {
    const user = fc.string().filter((text) => !text.includes(':'));
    const secret = fc.string();
    fc.assert(
      fc.property(user, secret, (username, password) => {
        const encoded = Buffer.from(`${username}:${password}`).toString('base64');
        expect(parseBasic(`Basic ${encoded}`)).toEqual({ username, password });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseBasic(text)));
  });
});

describe('parseHtpasswd', () => {
  it.each(['user', ':{SHA}x', 'a:plain', 'a:$apr1$x$y', 'a:$2y$05$short'])('refuses %j', (line) => {
    expect(() => parseHtpasswd(`# users\n\n${line}\n`)).toThrow('line 3');
  });
});

describe('summarize', () => {
  it('throws nothing but refusals', () => {
    const type = fc.constantFrom(
      '',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.artifact.manifest.v1+json',
      'text/html',
    );
    const descriptor = fc.oneof(
      fc.json(),
      fc.constant({ digest: `sha256:${'0'.repeat(64)}`, size: 1 }),
    );
    const document = fc.record(
      {
        schemaVersion: fc.constantFrom<unknown>(1, 2, '2', Infinity),
        config: descriptor,
        layers: fc.oneof(fc.anything(), fc.array(descriptor)),
        manifests: fc.oneof(fc.anything(), fc.array(descriptor)),
        blobs: fc.anything(),
        subject: fc.oneof(fc.anything(), descriptor),
        annotations: fc.dictionary(fc.string(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      document.map((value) => stringify(value)),
    );
    fc.assert(
      fc.property(text, type, (body, contentType) => {
        try {
          summarize(Buffer.from(body), contentType);
        } catch (error) {
          expect(error instanceof DocumentError || error instanceof RegistryError).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes the last of doubled keys, as every JSON reader of clients does', () => {
    const config = `{"mediaType":"a/b","digest":"sha256:${'0'.repeat(64)}","size":1}`;
    const text = `{"schemaVersion":2,"config":{},"layers":[],"config":${config}}`;
    const summary = summarize(Buffer.from(text), 'application/vnd.oci.image.manifest.v1+json');
    expect(summary.config?.size).toBe(1);
  });
});

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? 1 : item));
  } catch {
    return '{}';
  }
}
