import { parseReference } from '../oci/reference.js';
import type { PullFailure, RegistryAccess } from './image-pull.js';

/** Why a revision does not serve, for a person. */
export interface Diagnosis {
  /** One sentence. */
  cause: string;
  /** What was seen: rows of the system log, answers of the registry, ports. */
  evidence: string[];
  /** The command that helps. */
  fix: string;
}

/** What the last try of a container ended in. */
export type Trouble =
  | {
      kind: 'pull';
      image: string;
      failure: PullFailure;
      access: RegistryAccess;
      tags?: readonly string[];
    }
  /** `machine` is what the program is really for, e.g. `'linux/arm64'`. */
  | { kind: 'start'; reason: string; message: string; image: string; machine?: string }
  | { kind: 'exit'; code: number; outOfMemory: boolean; memory: string; lastLines: string[] }
  | { kind: 'probe'; probe: string; message: string; restarted: boolean }
  | { kind: 'port'; targetPort: number; listening: readonly number[] }
  | { kind: 'port-in-use'; targetPort: number; holder: string };

interface Subject {
  app: string;
  resourceGroup: string;
  container: string;
  /** e.g. `'linux/amd64'` */
  platform: string;
}

/** Turns trouble into cause, evidence and the way out. */
export function diagnose(trouble: Trouble, subject: Subject): Diagnosis {
  switch (trouble.kind) {
    case 'pull':
      return diagnosePull(trouble, subject);
    case 'start':
      return diagnoseStart(trouble, subject);
    case 'exit':
      return diagnoseExit(trouble, subject);
    case 'probe':
      return {
        cause: `The ${trouble.probe} probe of container '${subject.container}' fails.`,
        evidence: [trouble.message],
        fix: `${showLogs(subject)}   # then correct the program or the probe`,
      };
    case 'port':
      return {
        cause: `The ingress expects port ${trouble.targetPort}, the program listens on ${trouble.listening.join(', ')}.`,
        evidence: [portMismatch(trouble.targetPort, trouble.listening)],
        fix: `az containerapp ingress update ${names(subject)} --target-port ${trouble.listening[0] ?? trouble.targetPort}`,
      };
    case 'port-in-use':
      return {
        cause: `Replicas share this machine's ports here, and port ${trouble.targetPort} belongs to ${trouble.holder}.`,
        evidence: [`port ${trouble.targetPort} is held by ${trouble.holder}`],
        fix: `lazurite doctor   # says why replicas have no network of their own; or use another --target-port`,
      };
  }
}

/** Azure's sentence for a port nobody listens on. */
export function portMismatch(targetPort: number, listening: readonly number[]): string {
  const noun = listening.length === 1 ? 'port' : 'ports';
  return `The TargetPort ${targetPort} does not match the listening ${noun} ${listening.join(', ')}.`;
}

function diagnosePull(trouble: Extract<Trouble, { kind: 'pull' }>, subject: Subject): Diagnosis {
  const { failure, image } = trouble;
  const evidence = [failure.message];
  switch (failure.kind) {
    case 'missing-tag':
    case 'missing-repository':
      return diagnoseMissing(trouble, subject, evidence);
    case 'unauthorized':
    case 'denied':
      if (trouble.access.principal !== undefined) {
        return diagnoseIdentity(trouble.access.principal, trouble, evidence);
      }
      return {
        cause: `The registry ${hostOf(image)} refused to give the image away.`,
        evidence: [...evidence, trouble.access.credentials],
        fix: `az containerapp registry set ${names(subject)} --server ${hostOf(image)} --username USER --password PASSWORD`,
      };
    case 'platform':
      return {
        cause: `The image is not made for ${subject.platform}; it has ${failure.available?.join(', ') ?? 'nothing else'}.`,
        evidence,
        fix: `docker buildx build --platform ${subject.platform} -t ${image} --push .`,
      };
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
        fix: `az acr import --name REGISTRY --source ${image}   # then use the imported image`,
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

function diagnoseIdentity(
  principal: string,
  { image, access }: Extract<Trouble, { kind: 'pull' }>,
  evidence: string[],
): Diagnosis {
  const scope = `"$(az acr show --name ${access.registryName} --query id -o tsv)"`;
  return {
    cause: `The app's managed identity may not pull from ${hostOf(image)}: it has no role there that lets it, such as AcrPull.`,
    evidence: [...evidence, access.credentials],
    fix: `az role assignment create --role AcrPull --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --scope ${scope}`,
  };
}

function diagnoseMissing(
  trouble: Extract<Trouble, { kind: 'pull' }>,
  subject: Subject,
  evidence: string[],
): Diagnosis {
  const { image, access, tags = [] } = trouble;
  const tag = tagOf(image);
  const closest = closestTags(tag, tags);
  const known =
    closest.length > 0 ? `tags that exist: ${closest.join(', ')}` : 'the repository has no tags';
  const build = `az acr build --registry ${access.registryName} --image ${repositoryOf(image)}:${tag} .`;
  return {
    cause: `'${image}' does not exist in its registry.`,
    evidence: [...evidence, known],
    fix:
      closest[0] === undefined
        ? build
        : `${updateImage(subject, image.replace(/:[^:/]*$/, `:${closest[0]}`))}   # or: ${build}`,
  };
}

function diagnoseStart(trouble: Extract<Trouble, { kind: 'start' }>, subject: Subject): Diagnosis {
  const evidence = [trouble.message];
  if (trouble.reason === 'ENOEXEC') {
    return {
      cause: `The image says it is for ${subject.platform}, but its program is for ${trouble.machine ?? 'another machine'} (exec format error).`,
      evidence,
      fix: `docker buildx build --platform ${subject.platform} -t ${trouble.image} --push .`,
    };
  }
  return {
    cause: `The program of container '${subject.container}' could not be started.`,
    evidence,
    fix: `az containerapp update ${names(subject)} --command PROGRAM   # or correct ENTRYPOINT in the image`,
  };
}

function diagnoseExit(trouble: Extract<Trouble, { kind: 'exit' }>, subject: Subject): Diagnosis {
  if (trouble.outOfMemory) {
    return {
      cause: `Container '${subject.container}' used more than its ${trouble.memory} of memory and was killed.`,
      evidence: [`exit code ${trouble.code}, out of memory`, ...trouble.lastLines],
      fix: `az containerapp update ${names(subject)} --cpu 1.0 --memory 2Gi`,
    };
  }
  return {
    cause: `The program of container '${subject.container}' ends by itself with exit code ${trouble.code}.`,
    evidence: [`exit code ${trouble.code}`, ...trouble.lastLines],
    fix: showLogs(subject),
  };
}

function names(subject: Subject): string {
  return `--name ${subject.app} --resource-group ${subject.resourceGroup}`;
}

function showLogs(subject: Subject): string {
  return `az containerapp logs show ${names(subject)} --container ${subject.container}`;
}

function updateImage(subject: Subject, image: string): string {
  return `az containerapp update ${names(subject)} --image ${image}`;
}

function hostOf(image: string): string {
  return parseReference(image)?.registry ?? image;
}

function repositoryOf(image: string): string {
  return image
    .slice(image.indexOf('/') + 1)
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '');
}

function tagOf(image: string): string {
  return /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? 'latest';
}

/** At most three tags, the likeliest to have been meant first. */
export function closestTags(wanted: string, tags: readonly string[]): string[] {
  return tags
    .map((tag) => ({ tag, distance: editDistance(wanted, tag) }))
    .sort((a, b) => a.distance - b.distance || (a.tag < b.tag ? -1 : 1))
    .slice(0, 3)
    .map(({ tag }) => tag);
}

/** Levenshtein's distance by two rows. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(
        Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
