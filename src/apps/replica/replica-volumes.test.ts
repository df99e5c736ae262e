import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppContainer, Volume, VolumeMount } from '../template.js';
import { ReplicaVolumes, VolumeError } from './replica-volumes.js';

let folder: string;
let secrets: Map<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazurite-volumes-'));
  secrets = new Map([
    ['db', 'hunter2'],
    ['key', 'k'],
  ]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const SCRATCH: Volume = { name: 'scratch', storageType: 'EmptyDir' };
const ALL: Volume = { name: 'all', storageType: 'Secret' };

function open(...volumes: Volume[]): ReplicaVolumes {
  return new ReplicaVolumes({
    volumes,
    directories: { scratch: join(folder, 'scratch'), secrets: join(folder, 'secrets') },
    replica: 'r',
    secrets: () => secrets,
  });
}

function container(...volumeMounts: VolumeMount[]): AppContainer {
  const resources = { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' };
  return { name: 'app', image: 'x', env: [], probes: [], resources, volumeMounts };
}

describe('the volumes of a replica', () => {
  it('are shared, stay, and are removed', async () => {
    const volumes = open(SCRATCH);
    const mount = { volumeName: 'scratch', mountPath: '/a' };
    const [first] = await volumes.mountsOf(container(mount));
    writeFileSync(join(first!.source, 'note'), 'still here');
    const [second] = await volumes.mountsOf(container({ ...mount, mountPath: '/b' }));
    expect(second).toEqual({ source: first!.source, target: '/b', readOnly: false });
    expect(readFileSync(join(second!.source, 'note'), 'utf8')).toBe('still here');
    expect(statSync(first!.source).mode & 0o777).toBe(0o777);
    await volumes.remove();
    expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  });

  it('hold all secrets, or those that are named', async () => {
    const named = { ...ALL, name: 'named', secrets: [{ secretRef: 'db', path: 'a/password' }] };
    const volumes = open(ALL, named);
    const [all, some] = await volumes.mountsOf(
      container({ volumeName: 'all', mountPath: '/a' }, { volumeName: 'named', mountPath: '/b' }),
    );
    expect(all!.readOnly).toBe(true);
    expect(readdirSync(all!.source)).toEqual(['db', 'key']);
    expect(readFileSync(join(some!.source, 'a/password'), 'utf8')).toBe('hunter2');
    expect(statSync(join(some!.source, 'a/password')).mode & 0o777).toBe(0o644);
    await volumes.remove();
    expect(readdirSync(join(folder, 'secrets'))).toEqual([]);
  });

  it('cannot be made while a secret is missing, and can once it is there', async () => {
    const volumes = open({ ...ALL, secrets: [{ secretRef: 'late', path: 'late' }] });
    const mount = container({ volumeName: 'all', mountPath: '/a' });
    await expect(volumes.mountsOf(mount)).rejects.toThrow(
      'MountVolume.SetUp failed for volume "all" : references non-existent secret key: late',
    );
    secrets.set('late', 'x');
    expect(await volumes.mountsOf(mount)).toHaveLength(1);
  });

  it('follow no link that a container left', async () => {
    const volumes = open(SCRATCH);
    const mount = { volumeName: 'scratch', mountPath: '/a' };
    const [whole] = await volumes.mountsOf(container(mount));
    symlinkSync('/etc', join(whole!.source, 'out'));
    for (const subPath of ['out', 'out/ssl']) {
      const mounts = volumes.mountsOf(container({ ...mount, subPath }));
      await expect(mounts).rejects.toBeInstanceOf(VolumeError);
    }
    const [part] = await volumes.mountsOf(container({ ...mount, subPath: 'in/side' }));
    expect(part!.source).toBe(join(whole!.source, 'in/side'));
  });

  it('need nothing when nothing is mounted', async () => {
    const volumes = open(SCRATCH);
    expect(await volumes.mountsOf(container())).toEqual([]);
    await volumes.remove();
  });
});
