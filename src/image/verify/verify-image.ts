import { formatPlatformInFull, normalizePlatform, type Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import { NO_MATCH_TEXT, wrongPlatformText } from '../../oci/platform/no-match.js';
import type { ImageReader } from '../image-reader.js';
import { listPlatforms, type PlatformEntry } from '../inspect/list-platforms.js';
import type { Finding } from './finding.js';
import { verifyPlatform, type PlatformReport, type RunImage } from './verify-platform.js';

export interface VerifyOptions {
  /** Only these; every platform of the image when absent. */
  platforms?: readonly Platform[] | undefined;
  /** Also start each. */
  run?: RunImage | undefined;
  /** Called before a platform is looked at, and after. */
  onPlatform?: ((platform: Platform, report?: PlatformReport) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ImageReport {
  /** False when something would fail. */
  ok: boolean;
  platforms: PlatformReport[];
  /** About the image as a whole. */
  findings: Finding[];
}

/**
 * Verifies that an image is, on each of its platforms, what it claims to be.
 *
 * @throws RemoteError, DocumentError when the image cannot be read at all
 */
export async function verifyImage(
  reader: ImageReader,
  options: VerifyOptions = {},
): Promise<ImageReport> {
  const { run, onPlatform, signal } = options;
  const entries = await listPlatforms(reader, signal);
  const { chosen, missing } = choose(entries, options.platforms, reader.text);
  const findings = [...missing, ...duplicates(entries)];
  const platforms: PlatformReport[] = [];
  for (const entry of chosen) {
    onPlatform?.(entry.platform);
    const report = await verifyPlatform(reader, entry, run, signal);
    onPlatform?.(entry.platform, report);
    platforms.push(report);
  }
  const all = [...findings, ...platforms.flatMap((report) => report.findings)];
  return { ok: !all.some(({ level }) => level === 'error'), platforms, findings };
}

function choose(
  entries: readonly PlatformEntry[],
  wanted: readonly Platform[] | undefined,
  reference: string,
): { chosen: PlatformEntry[]; missing: Finding[] } {
  if (wanted === undefined || wanted.length === 0) {
    const missing = entries.length === 0 ? [nothing(reference)] : [];
    return { chosen: [...entries], missing };
  }
  const chosen = new Set<PlatformEntry>();
  const missing: Finding[] = [];
  for (const platform of wanted) {
    const found = selectPlatform(entries, platform);
    if (found) chosen.add(found);
    else missing.push(noMatch(entries, platform, reference));
  }
  return { chosen: [...chosen], missing };
}

function nothing(reference: string): Finding {
  return {
    code: 'missing-platform',
    level: 'error',
    message: `${reference} runs nowhere: it holds attestations or artifacts only`,
  };
}

function noMatch(entries: readonly PlatformEntry[], wanted: Platform, reference: string): Finding {
  const [only] = entries;
  const isSingle = entries.length === 1 && only?.declaredBy === 'config';
  return {
    code: 'missing-platform',
    level: 'error',
    message: isSingle
      ? wrongPlatformText(wanted, only.platform)
      : NO_MATCH_TEXT.crane({ wanted, reference }),
    evidence: entries.map(({ platform }) => formatPlatformInFull(platform)),
    help: 'build it for that platform, and add it: lazurite image index add INDEX IMAGE',
  };
}

/** Clients differ in which of two entries for one platform they take. */
function duplicates(entries: readonly PlatformEntry[]): Finding[] {
  const byPlatform = new Map<string, PlatformEntry[]>();
  for (const entry of entries) {
    const key = formatPlatformInFull(normalizePlatform(entry.platform));
    byPlatform.set(key, [...(byPlatform.get(key) ?? []), entry]);
  }
  return [...byPlatform].flatMap(([platform, twins]) =>
    twins.length < 2
      ? []
      : [
          {
            code: 'duplicate-platform' as const,
            level: 'error' as const,
            message: `the index has ${platform} ${twins.length} times: clients differ in which they take`,
            evidence: twins.map(({ digest }) => digest),
            help: 'lazurite image index remove INDEX DIGEST',
          },
        ],
  );
}
