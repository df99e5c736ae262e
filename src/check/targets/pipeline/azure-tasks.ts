import { parsePlatform, type Platform } from '../../../oci/platform.js';
import type { YamlValue } from '../../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from '../contents.js';
import { DEFAULT_PLATFORM } from '../read-options.js';
import { imageNameOf } from '../script/variables.js';
import type { PipelineScope } from './pipeline-scope.js';
import { builtDockerfile } from './referenced-files.js';

type Expand = (text: string) => string;

/** The images of a step that runs a task. */
export function readTask(step: YamlValue, scope: PipelineScope, expand: Expand): TargetContents {
  const [name = ''] = (step.get('task')?.text ?? '').toLowerCase().split('@');
  switch (name) {
    case 'docker':
      return dockerTask(step, scope, expand);
    case 'azurecontainerapps':
      return containerAppsTask(step, scope, expand);
    case 'kubernetesmanifest':
      return manifestTask(step, scope, expand);
    default:
      return emptyContents();
  }
}

/** Docker@2: `repository` in the registry of a service connection, whose host the file does not tell. */
function dockerTask(step: YamlValue, scope: PipelineScope, expand: Expand): TargetContents {
  const input = (name: string): string | undefined => {
    const text = step.get('inputs', name)?.text;
    return text === undefined ? undefined : expand(text);
  };
  const command = (input('command') ?? 'buildAndPush').toLowerCase();
  if (command !== 'build' && command !== 'buildandpush') return emptyContents();
  const platforms = platformsIn(input('arguments') ?? '', scope.machine);
  const repository = step.get('inputs', 'repository');
  const connection = input('containerRegistry');
  const contents = emptyContents();
  for (const tag of tagsOf(input('tags') ?? '$(Build.BuildId)')) {
    if (!repository?.text) break;
    const path = `${expand(repository.text)}:${tag}`;
    const named = imageNameOf(path);
    const host = `the registry of ${connection ?? 'no connection'}`;
    const isOpen = connection !== undefined && named.unknown === undefined && !hasRegistry(path);
    contents.builds.push({
      image: isOpen ? { text: path, unknown: host } : named,
      position: repository.textPosition,
      tool: 'Docker@2',
      ...(platforms && { platforms }),
      pushed: command === 'buildandpush',
      ...(connection !== undefined && !hasRegistry(path) && { anyRegistry: true }),
    });
  }
  const file = (input('Dockerfile') ?? input('dockerfile') ?? '**/Dockerfile').replace(
    /^\*\*\//,
    '',
  );
  const build = { context: '.', file, platforms: platforms ?? [], buildArgs: [] };
  return mergeContents([contents, builtDockerfile(build, scope)]);
}

function hasRegistry(path: string): boolean {
  return /^[^/]*[.:][^/]*\//.test(path);
}

function tagsOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** `--platform` among the arguments. @returns undefined when they are known only later */
function platformsIn(text: string, machine: Platform): Platform[] | undefined {
  const asked = /--platform[=\s]+(\S+)/.exec(text)?.[1];
  if (asked === undefined) return [machine];
  const platforms = asked.split(',').map((part) => parsePlatform(part));
  return platforms.every((platform): platform is Platform => platform !== undefined)
    ? platforms
    : undefined;
}

/** AzureContainerApps@1 */
function containerAppsTask(step: YamlValue, scope: PipelineScope, expand: Expand): TargetContents {
  const contents = emptyContents();
  const built = step.get('inputs', 'imageToBuild');
  if (built?.text) {
    contents.builds.push({
      image: imageNameOf(expand(built.text)),
      position: built.textPosition,
      tool: 'AzureContainerApps@1',
      platforms: [DEFAULT_PLATFORM],
      pushed: true,
    });
  }
  const deployed = step.get('inputs', 'imageToDeploy');
  if (deployed?.text) {
    contents.uses.push({
      image: imageNameOf(expand(deployed.text)),
      position: deployed.textPosition,
      owner: `${scope.owner}, AzureContainerApps@1`,
      puller: 'container-apps',
      needs: [{ platform: DEFAULT_PLATFORM, because: 'Container Apps' }],
    });
  }
  return contents;
}

/** KubernetesManifest@1: `containers` takes the place of the manifests' images. */
function manifestTask(step: YamlValue, scope: PipelineScope, expand: Expand): TargetContents {
  const images = step.get('inputs', 'containers');
  const contents = emptyContents();
  for (const text of tagsOf(expand(images?.text ?? ''))) {
    if (!images) break;
    contents.uses.push({
      image: imageNameOf(text),
      position: images.textPosition,
      owner: `${scope.owner}, KubernetesManifest`,
      puller: 'kubernetes',
      needs: [{ platform: DEFAULT_PLATFORM, because: 'the default node platform' }],
    });
  }
  return contents;
}
