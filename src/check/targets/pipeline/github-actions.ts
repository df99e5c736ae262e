import { parsePlatform, type Platform } from '../../../oci/platform.js';
import type { YamlValue } from '../../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from '../contents.js';
import { DEFAULT_PLATFORM } from '../read-options.js';
import { expandExpressions, imageNameOf } from '../script/variables.js';
import type { JobScope } from './job-scope.js';
import { builtDockerfile } from './referenced-files.js';

/** The images of a step that uses an action. */
export function readAction(step: YamlValue, scope: JobScope): TargetContents {
  const uses = step.get('uses');
  const name = uses?.text ?? '';
  if (uses && name.startsWith('docker://')) return dockerAction(uses, scope);
  const [action = ''] = name.toLowerCase().split('@');
  switch (action) {
    case 'docker/build-push-action':
      return buildPush(step, scope);
    case 'azure/container-apps-deploy-action':
      return containerAppsDeploy(step, scope);
    case 'azure/k8s-deploy':
    case 'azure/webapps-deploy':
      return deployImages(step, action, scope);
    default:
      return emptyContents();
  }
}

function dockerAction(uses: YamlValue, { owner, lookup, machine }: JobScope): TargetContents {
  const text = expandExpressions((uses.text ?? '').slice('docker://'.length), lookup);
  const use = {
    image: imageNameOf(text),
    position: uses.textPosition,
    owner: `${owner}, uses`,
    puller: 'docker' as const,
    needs: [{ platform: machine, because: 'the machine of the job' }],
  };
  return { ...emptyContents(), uses: [use] };
}

/** `tags` and `platforms` are lists with commas or line breaks between. */
function buildPush(step: YamlValue, scope: JobScope): TargetContents {
  const { lookup, machine } = scope;
  const input = (name: string): string | undefined => {
    const text = step.get('with', name)?.text;
    return text === undefined ? undefined : expandExpressions(text, lookup);
  };
  const asked = splitList(input('platforms') ?? '');
  const parsed = asked.map((text) => parsePlatform(text));
  const known = parsed.every((platform): platform is Platform => platform !== undefined);
  const platforms = asked.length === 0 ? [machine] : known ? parsed : undefined;
  const tags = step.get('with', 'tags');
  const contents = emptyContents();
  const pushed = input('push') === 'true' || /type=registry|push=true/.test(input('outputs') ?? '');
  for (const tag of splitList(input('tags') ?? '')) {
    if (!tags) break;
    contents.builds.push({
      image: imageNameOf(tag),
      position: tags.textPosition,
      tool: 'docker/build-push-action',
      ...(platforms && { platforms }),
      pushed,
    });
  }
  const dockerfile = builtDockerfile(
    {
      context: input('context') ?? '.',
      // Unlike docker build, the action takes this path from the workspace.
      file: input('file'),
      platforms: platforms ?? [],
      buildArgs: splitLines(input('build-args') ?? ''),
    },
    scope,
  );
  return mergeContents([contents, dockerfile]);
}

function splitList(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Deploys `imageToDeploy`; `appSourcePath` would build one, for linux/amd64. */
function containerAppsDeploy(step: YamlValue, { owner, lookup }: JobScope): TargetContents {
  const image = step.get('with', 'imageToDeploy');
  const built = step.get('with', 'imageToBuild');
  const contents = emptyContents();
  if (built?.text) {
    contents.builds.push({
      image: imageNameOf(expandExpressions(built.text, lookup)),
      position: built.textPosition,
      tool: 'azure/container-apps-deploy-action',
      platforms: [DEFAULT_PLATFORM],
      pushed: true,
    });
  }
  if (image?.text) {
    contents.uses.push({
      image: imageNameOf(expandExpressions(image.text, lookup)),
      position: image.textPosition,
      owner: `${owner}, azure/container-apps-deploy-action`,
      puller: 'container-apps',
      needs: [{ platform: DEFAULT_PLATFORM, because: 'Container Apps' }],
    });
  }
  return contents;
}

function deployImages(step: YamlValue, action: string, scope: JobScope): TargetContents {
  const images = step.get('with', 'images');
  const toCluster = action === 'azure/k8s-deploy';
  const contents = emptyContents();
  for (const text of splitList(expandExpressions(images?.text ?? '', scope.lookup))) {
    if (!images) break;
    contents.uses.push({
      image: imageNameOf(text),
      position: images.textPosition,
      owner: `${scope.owner}, ${action}`,
      puller: toCluster ? 'kubernetes' : 'docker',
      needs: [
        {
          platform: DEFAULT_PLATFORM,
          because: toCluster ? 'the default node platform' : 'App Service',
        },
      ],
    });
  }
  return contents;
}
