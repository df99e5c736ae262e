import { hostOf, repositoryOf, tagOf } from './diagnosis-commands.js';
import type { Diagnosis, PullTrouble, Subject } from './trouble.js';

/** Says why an image has nothing for the platform that runs it: what it is instead, and how it came to be so. */
export function diagnosePlatform(trouble: PullTrouble, { platform }: Subject): Diagnosis {
  const { source, available = [] } = trouble.failure;
  return source === 'index'
    ? diagnoseIndex(trouble, platform, available)
    : diagnoseImage(trouble, platform, available.join(', ') || 'an unknown platform');
}

function diagnoseIndex(
  trouble: PullTrouble,
  platform: string,
  available: readonly string[],
): Diagnosis {
  const { image, failure } = trouble;
  if (available.length === 0) {
    return {
      cause: `The index behind ${image} holds no image, only attestations or entries of unknown platforms.`,
      evidence: [failure.message],
      fix: `docker buildx build --platform ${platform} -t ${image} --push .`,
    };
  }
  const { elsewhere } = trouble.origin ?? {};
  const cause = `The index behind ${image} has no image for ${platform}; it has ${available.join(', ')}.`;
  if (elsewhere === undefined) {
    return {
      cause,
      evidence: [failure.message],
      fix: `docker buildx build --platform ${[...available, platform].join(',')} -t ${image} --push .`,
    };
  }
  const other = nameIn(image, elsewhere.name);
  return {
    cause,
    evidence: [failure.message, `${other} has ${platform}`],
    fix: `docker buildx imagetools create --append -t ${image} ${other}`,
  };
}

function diagnoseImage(trouble: PullTrouble, platform: string, found: string): Diagnosis {
  const { image, failure, access } = trouble;
  const { elsewhere, importedFrom, builtBy } = trouble.origin ?? {};
  const evidence = [failure.message];
  const target = `${repositoryOf(image)}:${tagOf(image)}`;
  const anew = `az acr import --name ${access.registryName} --image ${target} --force --source`;
  if (found.startsWith('windows/')) {
    return {
      cause: `${image} is a Windows image (${found}), and what runs here is ${platform}.`,
      evidence,
      fix: `docker buildx build --platform ${platform} -t ${image} --push .`,
    };
  }
  if (elsewhere?.kind === 'index') {
    const index = nameIn(image, elsewhere.name);
    return {
      cause: `${image} is a single image for ${found}, and an index with ${platform} is still there: the tag was overwritten.`,
      evidence: [...evidence, `${index} has ${platform}`],
      fix: `${anew} ${index}`,
    };
  }
  if (importedFrom !== undefined) {
    return {
      cause: `${image} was imported for ${found} alone, from ${importedFrom}.`,
      evidence: [...evidence, `imported from ${importedFrom}`],
      fix: `${anew} ${importedFrom.replace(/@.*$/, '')}   # by its tag: with every platform`,
    };
  }
  if (builtBy !== undefined) {
    return {
      cause: `${image} was built for ${found} alone, by run ${builtBy} of registry ${access.registryName}.`,
      evidence: [...evidence, `run ${builtBy} pushed it to ${hostOf(image)}`],
      fix: `az acr build --registry ${access.registryName} --platform ${platform} --image ${target} .`,
    };
  }
  return {
    cause: `The image is not made for ${platform}; it has ${found}.`,
    evidence,
    fix: `docker buildx build --platform ${platform} -t ${image} --push .`,
  };
}

/** Another tag or digest of the image's repository. */
function nameIn(image: string, name: string): string {
  return `${hostOf(image)}/${repositoryOf(image)}${name.includes(':') ? '@' : ':'}${name}`;
}
