import type { Finding, FindingCode as VerifyCode } from '../../image/verify/finding.js';
import type { PlatformReport } from '../../image/verify/verify-platform.js';
import { formatPlatform } from '../../oci/platform.js';
import { isRefusal, type FoundImage } from '../facts/image-facts.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { FindingDraft } from '../findings/finding.js';
import { buildCommand, verifyCommand } from './fixes.js';
import { positionsOf, type JudgedImage } from './judged-image.js';

/** What an index says is judged without its layers, and nothing is started here. */
const ELSEWHERE = undefined;

const CODES: Readonly<Record<VerifyCode, FindingCode | undefined>> = {
  'missing-platform': ELSEWHERE,
  'duplicate-platform': ELSEWHERE,
  'platform-differs': ELSEWHERE,
  'windows-os-version-missing': ELSEWHERE,
  'content-missing': 'LZ1201',
  'layer-not-distributed': 'LZ1201',
  'content-broken': 'LZ1202',
  'diff-id-mismatch': 'LZ1202',
  'layer-unsafe': 'LZ1203',
  'wrong-machine': 'LZ1204',
  'program-missing': 'LZ1205',
  'program-not-executable': 'LZ1206',
  'program-unknown': 'LZ1206',
  'interpreter-missing': 'LZ1207',
  'loader-missing': 'LZ1207',
  'no-command': 'LZ1208',
  'run-impossible': ELSEWHERE,
  'run-failed': ELSEWHERE,
};

/** What the layers of an image showed; nothing when they were not read. */
export function judgeContent(judged: JudgedImage, image: FoundImage): FindingDraft[] {
  const { content = [] } = image;
  const about = { image: judged.name, positions: positionsOf(judged.uses) };
  if (isRefusal(content)) {
    return [
      {
        ...about,
        code: 'LZ1209',
        message: `The content of ${judged.name} could not be verified.`,
        evidence: [content.message],
        fix: verifyCommand(image),
      },
    ];
  }
  return content.flatMap((report) =>
    report.findings.flatMap((found) => {
      const code = CODES[found.code];
      return code ? [{ ...about, code, ...describe(judged.name, image, report, found) }] : [];
    }),
  );
}

function describe(
  name: string,
  image: FoundImage,
  { platform, digest }: PlatformReport,
  { message, evidence = [], help }: Finding,
): Pick<FindingDraft, 'message' | 'evidence' | 'fix'> {
  return {
    message: `${name} for ${formatPlatform(platform)}: ${message}.`,
    evidence: [`read: ${digest}`, ...evidence, ...(help === undefined ? [] : [`help: ${help}`])],
    fix: buildCommand(image, [platform]),
  };
}
