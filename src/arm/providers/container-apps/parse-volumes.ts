import type { AppContainer, Volume, VolumeMount } from '../../../apps/template.js';
import { appErrors } from './errors.js';
import type { Fields } from './fields.js';

const VOLUME_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** What would have to be mounted from a storage account. */
const SHARES = ['azurefile', 'nfsazurefile', 'smbazurefile'];

/** Reads `volumes` of a template. @throws ArmError */
export function parseVolumes(template: Fields): Volume[] {
  const volumes = template.objects('volumes').map(parseVolume);
  const names = volumes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const why = `there is more than one volume named '${twice}'`;
    throw appErrors.invalidValue(`${template.path}.volumes`, why);
  }
  return volumes;
}

function parseVolume(fields: Fields): Volume {
  const name = fields.string('name') ?? '';
  if (!VOLUME_NAME.test(name)) {
    throw appErrors.invalidValue(`${fields.path}.name`, `'${name}' is no name for a volume`);
  }
  const storageType = fields.string('storageType') ?? 'EmptyDir';
  const kind = storageType.toLowerCase();
  if (SHARES.includes(kind)) {
    throw appErrors.notImplemented(
      `${fields.path}: a volume of storageType '${storageType}'; 'EmptyDir' and 'Secret' are`,
    );
  }
  if (kind === 'emptydir') return { name, storageType: 'EmptyDir' };
  if (kind !== 'secret') {
    const why = `'${storageType}' is none of 'AzureFile', 'EmptyDir', 'NfsAzureFile', 'Secret'`;
    throw appErrors.invalidValue(`${fields.path}.storageType`, why);
  }
  const secrets = fields.objects('secrets').map(parseSecretFile);
  return { name, storageType: 'Secret', ...(secrets.length > 0 && { secrets }) };
}

function parseSecretFile(fields: Fields): { secretRef: string; path: string } {
  const secretRef = fields.string('secretRef') ?? '';
  if (secretRef === '')
    throw appErrors.invalidSchema(`${fields.path}.secretRef`, "a secret's name");
  const path = fields.string('path') ?? secretRef;
  return { secretRef, path: checkInside(path, `${fields.path}.path`) };
}

/** A path that stays in its volume. */
function checkInside(path: string, where: string): string {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/') || parts.includes('..') || path.includes('\0')) {
    throw appErrors.invalidValue(where, `'${path}' is not a path inside the volume`);
  }
  return path;
}

export function parseVolumeMount(fields: Fields): VolumeMount {
  const volumeName = fields.string('volumeName') ?? '';
  const mountPath = fields.string('mountPath') ?? '';
  const absolute = mountPath.startsWith('/') && /[^/]/.test(mountPath);
  if (!absolute || /[:=\0]/.test(mountPath) || mountPath.split('/').includes('..')) {
    throw appErrors.invalidMountPath(volumeName);
  }
  const subPath = fields.string('subPath') ?? '';
  return {
    volumeName,
    mountPath,
    ...(subPath !== '' && { subPath: checkInside(subPath, `${fields.path}.subPath`) }),
  };
}

/** Each volume that is mounted is there, and no two stand at one place. @throws ArmError */
export function checkVolumeMounts(
  containers: readonly AppContainer[],
  volumes: readonly Volume[],
  appName: string,
): void {
  const names = new Set(volumes.map(({ name }) => name));
  for (const { name, volumeMounts = [] } of containers) {
    const places = new Set<string>();
    for (const { volumeName, mountPath } of volumeMounts) {
      if (!names.has(volumeName)) throw appErrors.volumeNotFound(volumeName, appName);
      if (places.has(mountPath)) {
        const why = `container '${name}' mounts two volumes at '${mountPath}'`;
        throw appErrors.invalidValue('properties.template.containers.volumeMounts', why);
      }
      places.add(mountPath);
    }
  }
}
