import { closestTags } from './closest-tags.js';
import { hostOf, names, repositoryOf, tagOf, updateImage } from './diagnosis-commands.js';
import { diagnosePlatform } from './platform-diagnosis.js';
import type { Diagnosis, PullTrouble, Subject } from './trouble.js';

/** Says why an image could not be had, and what to do. */
export function diagnosePull(trouble: PullTrouble, subject: Subject): Diagnosis {
  const { failure, image } = trouble;
  const evidence = [failure.message];
  switch (failure.kind) {
    case 'missing-tag':
    case 'missing-repository':
      return diagnoseMissing(trouble, subject);
    case 'unauthorized':
    case 'denied':
      return diagnoseRefusal(trouble, subject);
    case 'platform':
      return diagnosePlatform(trouble, subject);
    case 'invalid-reference':
      return {
        cause: `'${image}' is not a valid image reference.`,
        evidence,
        fix: updateImage(subject, 'REGISTRY/REPOSITORY:TAG'),
      };
    case 'rate-limited':
      return {
        cause: `The registry ${hostOf(image)} limits how often it may be asked.`,
        evidence,
        fix: `az acr import --name REGISTRY --source ${image} --username USER --password PASSWORD   # then use the imported image`,
      };
    case 'unknown-host':
    case 'unreachable':
      return {
        cause: `The registry ${hostOf(image)} cannot be reached from here.`,
        evidence,
        fix: updateImage(subject, 'REGISTRY/REPOSITORY:TAG'),
      };
    case 'unreadable':
      return {
        cause: `The registry's answer for '${image}' could not be used.`,
        evidence,
        fix: `docker buildx imagetools inspect --raw ${image}   # shows what the registry answers`,
      };
  }
}

/** By address, by identity, or by password: who asks is not let in. */
function diagnoseRefusal(trouble: PullTrouble, subject: Subject): Diagnosis {
  const { failure, image, access, passwordExpiredAt } = trouble;
  const host = hostOf(image);
  const evidence = [failure.message, access.credentials];
  const address = /client with IP '([^']+)' is not allowed/.exec(failure.message)?.[1];
  if (address !== undefined) {
    return {
      cause: `The network rules of registry ${host} do not let in the address ${address}.`,
      evidence: [failure.message],
      fix: `az acr network-rule add --name ${access.registryName} --ip-address ${address}`,
    };
  }
  if (access.principal !== undefined) return diagnoseIdentity(access.principal, trouble, evidence);
  const set = `az containerapp registry set ${names(subject)} --server ${host}`;
  if (passwordExpiredAt !== undefined) {
    const token = access.username ?? 'TOKEN';
    return {
      cause: `The password of token '${token}' of registry ${host} expired at ${passwordExpiredAt}.`,
      evidence,
      fix: `${set} --username ${token} --password "$(az acr token credential generate --registry ${access.registryName} --name ${token} --query 'passwords[0].value' -o tsv)"`,
    };
  }
  return {
    cause:
      access.username === undefined
        ? `The registry ${host} gives the image to nobody without credentials.`
        : `The registry ${host} refused the password of user '${access.username}'.`,
    evidence,
    fix: `${set} --username USER --password PASSWORD`,
  };
}

function diagnoseIdentity(
  principal: string,
  { image, access }: PullTrouble,
  evidence: string[],
): Diagnosis {
  const scope = `"$(az acr show --name ${access.registryName} --query id -o tsv)"`;
  return {
    cause: `The app's managed identity may not pull from ${hostOf(image)}: it has no role there that lets it, such as AcrPull.`,
    evidence,
    fix: `az role assignment create --role AcrPull --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --scope ${scope}`,
  };
}

function diagnoseMissing(trouble: PullTrouble, subject: Subject): Diagnosis {
  const { image, access, failure, tags } = trouble;
  const tag = tagOf(image);
  const repository = repositoryOf(image);
  const build = `az acr build --registry ${access.registryName} --image ${repository}:${tag} .`;
  if (tags === undefined) {
    const cause = `'${image}' does not exist in its registry.`;
    return { cause, evidence: [failure.message], fix: build };
  }
  const closest = closestTags(tag, tags);
  const [nearest] = closest;
  if (nearest === undefined) {
    return {
      cause: `Repository '${repository}' of ${hostOf(image)} holds no image.`,
      evidence: [failure.message, 'the repository has no tags'],
      fix: build,
    };
  }
  return {
    cause: `Repository '${repository}' of ${hostOf(image)} has no tag '${tag}'.`,
    evidence: [failure.message, `tags that exist: ${closest.join(', ')}`],
    fix: `${updateImage(subject, image.replace(/:[^:/]*$/, `:${nearest}`))}   # or: ${build}`,
  };
}
