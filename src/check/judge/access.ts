import type { FindingDraft } from '../findings/finding.js';
import type { FindingCode } from '../findings/catalogue.js';
import { isRefusal, type RefusedImage, type Refusal } from '../facts/image-facts.js';
import { nearestTags } from '../facts/related-tags.js';
import { formatReference } from '../../oci/reference.js';
import { loginCommand, taggedName } from './fixes.js';
import { positionsOf, type JudgedImage } from './judged-image.js';

const CODE_BY_KIND: Readonly<Record<Refusal['kind'], FindingCode>> = {
  'manifest-unknown': 'LZ1001',
  'name-unknown': 'LZ1002',
  'blob-unknown': 'LZ1103',
  unauthorized: 'LZ1003',
  denied: 'LZ1004',
  'unknown-host': 'LZ1005',
  unreachable: 'LZ1005',
  'bad-content': 'LZ1006',
  unexpected: 'LZ1006',
  'rate-limited': 'LZ1007',
  'too-deep': 'LZ1010',
};

const PROPOSED_TAGS = 3;

/** Why an image can't be had. */
export function judgeAccess({ name, uses }: JudgedImage, facts: RefusedImage): FindingDraft {
  const { refusal } = facts;
  const code = codeOf(facts);
  const tags = proposals(facts);
  const fix = fixFor(code, facts, tags);
  return {
    code,
    message: sentence(code, name, facts),
    evidence: [
      `${facts.reference.registry}: ${refusal.message}`,
      ...(tags.length > 0 ? [`nearest tags: ${tags.join(', ')}`] : []),
    ],
    ...(fix !== undefined && { fix }),
    image: name,
    positions: positionsOf(uses),
  };
}

/** Many registries say that the tag is unknown where the whole repository is; its list of tags tells. */
function codeOf({ refusal, tags }: RefusedImage): FindingCode {
  const noTags = isRefusal(tags) && /^(?:name|manifest)-unknown$/.test(tags.kind);
  return refusal.kind === 'manifest-unknown' && noTags ? 'LZ1002' : CODE_BY_KIND[refusal.kind];
}

function proposals({ reference, tags }: RefusedImage): string[] {
  if (isRefusal(tags) || reference.tag === undefined) return [];
  return nearestTags(reference.tag, tags, PROPOSED_TAGS);
}

function sentence(code: FindingCode, name: string, { reference }: RefusedImage): string {
  const { registry, repository, tag, digest } = reference;
  switch (code) {
    case 'LZ1001':
      return digest === undefined
        ? `${registry} has no tag ${tag ?? 'latest'} of ${repository}.`
        : `${registry} has no ${digest} in ${repository}.`;
    case 'LZ1002':
      return `${registry} has no repository ${repository}.`;
    case 'LZ1003':
      return `${registry} does not let ${name} be pulled without other credentials.`;
    case 'LZ1004':
      return `${registry} refuses the pull of ${name} to these credentials.`;
    case 'LZ1007':
      return `${registry} refuses further requests for now: nothing is known about ${name}.`;
    case 'LZ1010':
      return `The index ${name} leads to further indexes without end.`;
    case 'LZ1005':
      return `${registry} does not answer: nothing is known about ${name}.`;
    default:
      return `${registry} answers with something that is not ${name}.`;
  }
}

function fixFor(
  code: FindingCode,
  { reference }: RefusedImage,
  tags: readonly string[],
): string | undefined {
  const { registry, repository } = reference;
  switch (code) {
    case 'LZ1001': {
      const [tag] = tags;
      return tag === undefined
        ? `docker push ${taggedName(reference)}`
        : `use ${registry}/${repository}:${tag}, or: docker push ${taggedName(reference)}`;
    }
    case 'LZ1002':
      return `docker push ${taggedName(reference)}`;
    case 'LZ1003':
    case 'LZ1007':
      return loginCommand(registry);
    case 'LZ1004':
      return pullGrant(registry) ?? loginCommand(registry);
    case 'LZ1005':
      return `curl -sSI https://${registry}/v2/`;
    case 'LZ1006':
    case 'LZ1010':
      return `lazurite image inspect ${formatReference(reference)}`;
    default:
      return undefined;
  }
}

function pullGrant(registry: string): string | undefined {
  const azure = /^([a-z0-9]+)\.azurecr\.io$/i.exec(registry)?.[1];
  return azure === undefined
    ? undefined
    : `az role assignment create --role AcrPull --assignee PRINCIPAL --scope $(az acr show --name ${azure} --query id --output tsv)`;
}
