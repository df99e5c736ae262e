import type { YamlValue } from '../source/yaml-value.js';
import { emptyContents, type TargetContents } from './contents.js';
import type { ImageUse } from './image-use.js';
import { DEFAULT_PLATFORM, type ReadOptions } from './read-options.js';

const NOUN_BY_TYPE: Readonly<Record<string, string>> = {
  'microsoft.app/containerapps': 'container app',
  'microsoft.app/jobs': 'job',
};

/** Whether a document is what `az containerapp create --yaml` and `az containerapp job create --yaml` take. */
export function isContainerAppYaml(document: YamlValue): boolean {
  const type = document.get('type')?.text?.toLowerCase() ?? '';
  return (
    type in NOUN_BY_TYPE || document.get('properties', 'template', 'containers')?.isList === true
  );
}

/** The images of an app or job. @see https://learn.microsoft.com/azure/container-apps/azure-resource-manager-api-spec */
export function readContainerAppYaml(document: YamlValue, options: ReadOptions): TargetContents {
  const noun = NOUN_BY_TYPE[document.get('type')?.text?.toLowerCase() ?? ''] ?? 'container app';
  const owner = `${noun} ${document.get('name')?.text ?? ''}`.trim();
  const profile = document.get('properties', 'workloadProfileName')?.text;
  const ofProfile = profile && options.profilePlatforms.get(profile.toLowerCase());
  const need = ofProfile
    ? { platform: ofProfile, because: `workload profile ${profile}` }
    : { platform: DEFAULT_PLATFORM, because: 'Container Apps' };
  const template = document.get('properties', 'template');
  const contents = emptyContents();
  for (const [list, kind] of [
    ['initContainers', 'init container'],
    ['containers', 'container'],
  ] as const) {
    for (const container of template?.get(list)?.items ?? []) {
      const image = container.get('image');
      if (!image?.text) continue;
      const use: ImageUse = {
        image: { text: image.text },
        position: image.textPosition,
        owner: `${owner}, ${kind} ${container.get('name')?.text ?? ''}`.trim(),
        puller: 'container-apps',
        needs: [need],
      };
      contents.uses.push(use);
    }
  }
  return contents;
}
