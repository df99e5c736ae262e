import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.js';
import { lazurite } from '../support/lazurite-command.js';
import { startDockerd } from './registry-docker-daemon.js';
import type { Daemon } from './registry-clients.js';
import { findTool, run } from './registry-command.js';
import { writeSamples, type Samples } from './registry-samples.js';
import { startStandalone, type RegistryServer } from './registry-server.js';

let directory: string;
let samples: Samples;
beforeAll(async () => {
  // Short, for the sockets below it; in lower case, for clients that read it as an image's name.
  directory = join(tmpdir(), `lzi-${randomBytes(4).toString('hex')}`);
  mkdirSync(directory);
  samples = await writeSamples(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A suite that needs programs: skipped by name without them, and failing when they are demanded. */
function describeWith(programs: readonly string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => findTool(program) === undefined);
  if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
    throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
  }
  describe.skipIf(missing.length > 0)(title, suite);
}

async function image(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const result = await lazurite(['image', ...argv], { env: { HOME: directory, ...env } });
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout;
}

let places = 0;
const place = (): string => join(directory, `place-${++places}`);

/** The diff ids of the one image that a place holds, as our own command reads it. */
async function diffIdsIn(source: string): Promise<string[]> {
  const layout = place();
  await image(['copy', source, `oci:${layout}:read`]);
  const read = (digest: string): unknown =>
    JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8'));
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  const { config } = read(manifests[0]!.digest) as { config: { digest: string } };
  return (read(config.digest) as { rootfs: { diff_ids: string[] } }).rootfs.diff_ids;
}

describe('a layout that lazurite image copy wrote', () => {
  let layout: string;
  beforeAll(async () => {
    layout = place();
    await image(['copy', `oci:${samples.layout}:multi`, `oci:${layout}:copied`]);
  });

  describeWith(['skopeo'], 'is read by skopeo', () => {
    it('with the same bytes', async () => {
      const raw = await run('skopeo', ['inspect', '--raw', `oci:${layout}:copied`]);
      expect(digestOf(raw)).toBe(samples.index.digest);
      const wanted = [
        '--override-os',
        'linux',
        '--override-arch',
        'arm64',
        '--override-variant',
        'v8',
      ];
      const argv = ['copy', ...wanted, `oci:${layout}:copied`, `dir:${place()}`];
      await run('skopeo', ['--insecure-policy', ...argv]);
    });
  });

  describeWith(['oras'], 'is read by oras', () => {
    it('with the same bytes', async () => {
      const argv = ['manifest', 'fetch', '--oci-layout', `${layout}:copied`];
      expect(digestOf(await run('oras', argv))).toBe(samples.index.digest);
    });
  });

  describeWith(['regctl'], 'is read by regctl', () => {
    it('with the same digest', async () => {
      const digest = await run('regctl', ['image', 'digest', `ocidir://${layout}:copied`]);
      expect(digest.trim()).toBe(samples.index.digest);
    });
  });
});

describe('a layout with referrers', () => {
  let layout: string;
  beforeAll(async () => {
    layout = place();
    const source = `oci:${samples.layout}:amd64`;
    await image(['copy', '--referrers', source, `oci:${layout}:copied`]);
  });

  describeWith(['oras'], 'is read by oras', () => {
    it('which finds them', async () => {
      const argv = ['discover', '--oci-layout', '--format', 'json', `${layout}:copied`];
      expect(await run('oras', argv)).toContain(samples.artifact.digest);
    });
  });
});

describe('an archive that lazurite image copy wrote', () => {
  let single: string;
  let many: string;
  beforeAll(async () => {
    [single, many] = [`${place()}.tar`, `${place()}.tar`];
    const name = 'localhost/sample:v1';
    await image(['copy', `oci:${samples.layout}:amd64`, `docker-archive:${single}:${name}`]);
    await image(['copy', `oci:${samples.layout}:multi`, `docker-archive:${many}:${name}`]);
    expect(existsSync(`${single}.partial`)).toBe(false);
  });

  describeWith(['skopeo'], 'is read by skopeo', () => {
    it.each([
      ['one platform', () => single],
      ['all platforms, of which it takes this one’s', () => many],
    ])('%s', async (_name, archive) => {
      const target = place();
      const argv = ['copy', `docker-archive:${archive()}:localhost/sample:v1`, `oci:${target}:x`];
      await run('skopeo', ['--insecure-policy', ...argv]);
      expect(await diffIdsIn(`oci:${target}:x`)).toEqual([samples.images[0]!.diffId]);
    });
  });

  describeWith(['podman'], 'is loaded by podman', () => {
    it.each([
      ['one platform', () => single],
      ['all platforms', () => many],
    ])('%s', async (_name, archive) => {
      const podman = podmanIn(place());
      expect(await podman('load', '--input', archive())).toContain('localhost/sample:v1');
      const format = ['--format', '{{range .RootFS.Layers}}{{.}}{{end}}'];
      const layers = await podman('image', 'inspect', ...format, 'localhost/sample:v1');
      expect(layers.trim()).toBe(samples.images[0]!.diffId);
    });
  });

  describeWith(['dockerd', 'docker'], 'is loaded by docker', () => {
    it.each([
      ['one platform', () => single],
      ['all platforms', () => many],
    ])('%s', async (_name, archive) => {
      const loaded = await docker('load', '--input', archive());
      expect(loaded).toContain('localhost/sample:v1');
      const format = ['--format', '{{range .RootFS.Layers}}{{.}}{{end}}'];
      const layers = await docker('image', 'inspect', ...format, 'localhost/sample:v1');
      expect(layers.trim()).toBe(samples.images[0]!.diffId);
      const saved = `${place()}.tar`;
      await docker('save', '--output', saved, 'localhost/sample:v1');
      await docker('image', 'rm', '--force', 'localhost/sample:v1');
      const source = `docker-archive:${saved}:localhost/sample:v1`;
      expect(await diffIdsIn(source)).toEqual([samples.images[0]!.diffId]);
    });
  });
});

describe('lazurite image reads', () => {
  const source = (): string => `oci:${samples.layout}:amd64`;

  describeWith(['skopeo'], 'what skopeo writes', () => {
    it('as a layout, byte for byte', async () => {
      const layout = place();
      const argv = ['copy', '--all', `oci:${samples.layout}:multi`, `oci:${layout}:from-skopeo`];
      await run('skopeo', ['--insecure-policy', ...argv]);
      const raw = await image(['inspect', '--raw', `oci:${layout}:from-skopeo`]);
      expect(digestOf(raw)).toBe(samples.index.digest);
      expect((await image(['platforms', `oci:${layout}`])).split('\n')).toHaveLength(4);
    });

    it('as a docker archive', async () => {
      const archive = `${place()}.tar`;
      const target = `docker-archive:${archive}:localhost/sample:v2`;
      await run('skopeo', ['--insecure-policy', 'copy', source(), target]);
      expect(await diffIdsIn(`docker-archive:${archive}`)).toEqual([samples.images[0]!.diffId]);
      expect(await diffIdsIn(target)).toEqual([samples.images[0]!.diffId]);
    });
  });

  describeWith(['podman'], 'what podman saves', () => {
    it.each(['docker-archive', 'oci-dir'])('as %s', async (format) => {
      const podman = podmanIn(place());
      const id = (await podman('pull', '--quiet', source())).trim();
      const target = format === 'oci-dir' ? place() : `${place()}.tar`;
      await podman('tag', id, 'localhost/sample:v3');
      await podman('save', '--format', format, '--output', target, 'localhost/sample:v3');
      const kind = format === 'oci-dir' ? 'oci' : 'docker-archive';
      expect(await diffIdsIn(`${kind}:${target}`)).toEqual([samples.images[0]!.diffId]);
    });
  });
});

describe('between two registries with credentials of their own', () => {
  let from: RegistryServer;
  let to: RegistryServer;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    [from, to] = await Promise.all([
      startStandalone({ tls: false, credentials: { username: 'reader', password: 'one word' } }),
      startStandalone({ tls: true, credentials: { username: 'writer', password: 'another' } }),
    ]);
    const auth = ({ credentials }: RegistryServer) => ({
      auth: Buffer.from(`${credentials!.username}:${credentials!.password}`).toString('base64'),
    });
    const config = place();
    mkdirSync(config);
    const auths = { [from.address]: auth(from), [to.address]: auth(to) };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
    env = { DOCKER_CONFIG: config, SSL_CERT_FILE: join(to.certificates!, 'ca.crt') };
    await image(['copy', `oci:${samples.layout}:multi`, `${from.address}/team/app:v1`], env);
    await image(['copy', `oci:${samples.layout}:sbom`, `${from.address}/team/app:sbom`], env);
  });
  afterAll(() => Promise.all([from.close(), to.close()]));

  it('copies every platform and referrer with the same digests, once', async () => {
    const [source, target] = [`${from.address}/team/app:v1`, `${to.address}/copy:v1`];
    const copy = async (): Promise<unknown> =>
      JSON.parse(await image(['copy', '--json', '--referrers', source, target], env));
    expect(await copy()).toMatchObject({
      digest: samples.index.digest,
      manifests: { written: 5, present: 0 },
      blobs: { written: 8 },
      referrers: 1,
    });
    expect(await copy()).toMatchObject({
      manifests: { written: 0, present: 5 },
      blobs: { written: 0, present: 8 },
    });
    expect(await image(['inspect', target], env)).toContain(samples.artifact.digest);
  });

  it('mounts the blobs of a repository of the same registry', async () => {
    const source = `${from.address}/team/app:v1`;
    const result = await image(['copy', '--json', source, `${from.address}/other/app:v2`], env);
    expect(JSON.parse(result)).toMatchObject({ blobs: { written: 0, mounted: 6, present: 0 } });
  });

  describeWith(['crane'], 'crane', () => {
    it('reads the copy, and what it pushes is read', async () => {
      const target = `${to.address}/crane:v1`;
      await image(['copy', `${from.address}/team/app:v1`, target], env);
      expect((await run('crane', ['digest', target], { env })).trim()).toBe(samples.index.digest);
      await run('crane', ['validate', '--remote', target], { env });
      const pushed = `${to.address}/crane:pushed`;
      await run('crane', ['push', samples.layoutOf('multi'), pushed], { env });
      expect(digestOf(await image(['inspect', '--raw', pushed], env))).toBe(samples.index.digest);
    });
  });
});

/** A podman whose images are all below a directory. */
function podmanIn(base: string): (...argv: string[]) => Promise<string> {
  const storage = ['--root', join(base, 'root'), '--runroot', join(base, 'run')];
  const options = [...storage, '--storage-driver', 'vfs', '--tmpdir', join(base, 'tmp')];
  return (...argv) => run('podman', [...options, ...argv]);
}

let daemon: Promise<Daemon> | undefined;
afterAll(async () => (await daemon)?.close());

/** An engine of this file's own, started when the first test needs it. */
async function docker(...argv: string[]): Promise<string> {
  daemon ??= startDockerd(directory);
  const { address } = await daemon;
  return run('docker', ['--config', directory, '--host', address, ...argv]);
}
