import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';
import type { ValuePath } from '../../../template/known-values.js';
import type { Platform } from '../../../oci/platform.js';
import type { Puller } from '../image-use.js';
import { DEFAULT_PLATFORM } from '../read-options.js';

/** A place in the body of a resource that names an image. */
export interface ImageSlot {
  path: ValuePath;
  /** e.g. `'init container migrate'` */
  container: string;
  /** Absent when it is not known. */
  image: string | undefined;
}

/** What a resource asks of its images. */
export interface ImageHolder {
  /** e.g. `'container app'` */
  noun: string;
  puller: Puller;
  slots: ImageSlot[];
  platform: Platform;
  because: string;
  /** The lists that slots come from: when one is not known, its images are not either. */
  lists: ValuePath[];
}

/** The platforms that the user gives workload profiles, by lower-case name. */
export type ProfilePlatforms = ReadonlyMap<string, Platform>;

/** Finds the images of a resource; undefined for a type that has none. */
export function readImageHolder(
  type: string,
  body: JsonObject,
  profiles: ProfilePlatforms,
): ImageHolder | undefined {
  switch (type.toLowerCase()) {
    case 'microsoft.app/containerapps':
      return containerApp(body, 'container app', profiles);
    case 'microsoft.app/jobs':
      return containerApp(body, 'job', profiles);
    case 'microsoft.containerinstance/containergroups':
      return containerGroup(body);
    default:
      return undefined;
  }
}

function containerApp(body: JsonObject, noun: string, profiles: ProfilePlatforms): ImageHolder {
  const base = ['properties', 'template'];
  const profile = textAt(body, ['properties', 'workloadProfileName']);
  const ofProfile = profile === undefined ? undefined : profiles.get(profile.toLowerCase());
  return {
    noun,
    puller: 'container-apps',
    ...readLists(body, base, (container) => container['image']),
    platform: ofProfile ?? DEFAULT_PLATFORM,
    because: ofProfile && profile ? `workload profile ${profile}` : 'Container Apps',
  };
}

function containerGroup(body: JsonObject): ImageHolder {
  const windows = textAt(body, ['properties', 'osType'])?.toLowerCase() === 'windows';
  return {
    noun: 'container group',
    puller: 'docker',
    ...readLists(body, ['properties'], (container) => valueAt(container, ['properties', 'image']), [
      'properties',
      'image',
    ]),
    platform: windows ? { os: 'windows', architecture: 'amd64' } : DEFAULT_PLATFORM,
    because: `osType ${windows ? 'Windows' : 'Linux'}`,
  };
}

const LISTS = [
  ['initContainers', 'init container'],
  ['containers', 'container'],
] as const;

function readLists(
  body: JsonObject,
  base: readonly string[],
  imageOf: (container: JsonObject) => Json | undefined,
  tail: readonly string[] = ['image'],
): Pick<ImageHolder, 'slots' | 'lists'> {
  const slots = LISTS.flatMap(([list, noun]) => {
    const containers = valueAt(body, [...base, list]);
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((container, index): ImageSlot[] => {
      if (!isJsonObject(container)) return [];
      const image = imageOf(container);
      const name = container['name'];
      return [
        {
          path: [...base, list, index, ...tail],
          container: `${noun} ${typeof name === 'string' ? name : index}`,
          image: typeof image === 'string' ? image : undefined,
        },
      ];
    });
  });
  return { slots, lists: LISTS.map(([list]) => [...base, list]) };
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const member = isJsonObject(value) ? value[key] : undefined;
  return member === undefined ? undefined : valueAt(member, rest);
}

function textAt(body: JsonObject, path: readonly string[]): string | undefined {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : undefined;
}
