import { Failure, messageOf } from '../../base/failure.js';
import type { Digest } from '../../oci/digest.js';
import { DocumentError } from '../../oci/document.js';
import { platformOfConfig, type ImageConfig } from '../../oci/image-config.js';
import { UnsafeEntryError } from '../../oci/layer/entry-path.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import { formatPlatform, formatPlatformInFull, type Platform } from '../../oci/platform.js';
import { platformMatches } from '../../oci/platform/matching.js';
import { LayerMismatchError } from '../../runtime/embedded/layers/read-layer.js';
import type { ImageSource } from '../../runtime/runtime.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import { RemoteError } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import type { PlatformEntry } from '../inspect/list-platforms.js';
import type { Finding } from './finding.js';
import { readImageFiles } from './read-image-files.js';
import { checkStart, type StartCheck } from './start-check.js';

/** What was found out about the image for one platform. */
export interface PlatformReport {
  /** As the index declares it, or as the config says where no index does. */
  platform: Platform;
  digest: Digest;
  layers: number;
  /** Compressed bytes of all layers, as declared. */
  bytes: number;
  program?: StartCheck['program'];
  machines: StartCheck['machines'];
  /** What happened to it when it was started; absent when it was not. */
  run?: string;
  findings: Finding[];
}

/** Starts an image. @returns what happened, in a few words, and what would fail */
export type RunImage = (
  source: ImageSource,
  platform: Platform,
) => Promise<{ outcome: string; findings: Finding[] }>;

/**
 * Verifies the image of one platform: every byte against its digest, every layer against its diff id, the
 * declared platform against the config and against the programs inside.
 *
 * @throws RemoteError when the registry cannot be asked, which says nothing about the image
 */
export async function verifyPlatform(
  reader: ImageReader,
  entry: PlatformEntry,
  run?: RunImage,
  signal?: AbortSignal,
): Promise<PlatformReport> {
  const { platform, digest } = entry;
  const report: PlatformReport = {
    ...{ platform, digest, layers: 0, bytes: 0, machines: {}, findings: [] },
  };
  try {
    const { manifest, config } = await readImage(reader, entry, signal);
    report.layers = manifest.layers.length;
    report.bytes = manifest.layers.reduce((sum, { size }) => sum + size, 0);
    report.findings.push(...comparePlatforms(platform, config));
    const source: ImageSource = {
      manifestDigest: digest,
      config,
      layers: manifest.layers,
      openLayer: (layer, inner) => reader.getBlob(layer, inner),
    };
    const start = checkStart(await readImageFiles(source, signal), config, platform);
    report.machines = start.machines;
    report.findings.push(...start.findings);
    if (start.program) report.program = start.program;
    if (run === undefined) return report;
    const { outcome, findings } = await run(source, platform);
    report.run = outcome;
    report.findings.push(...findings);
  } catch (error) {
    signal?.throwIfAborted();
    report.findings.push(contentFinding(error));
  }
  return report;
}

async function readImage(
  reader: ImageReader,
  { digest, mediaType, size }: PlatformEntry,
  signal: AbortSignal | undefined,
): Promise<{ manifest: ImageManifest; config: ImageConfig }> {
  const fetched = await reader.getManifest(digest, signal);
  if (fetched.bytes.length !== size) {
    throw new DocumentError(`it has ${fetched.bytes.length} bytes, its index says ${size}`);
  }
  const parsed = parseManifest(fetched.bytes, mediaType);
  if (parsed.kind !== 'image') throw new DocumentError(`${parsed.mediaType} is no image`);
  const { manifest } = parsed;
  const config = await readImageConfig(reader, manifest.config, signal);
  const [layers, diffIds] = [manifest.layers.length, config.rootfs.diff_ids.length];
  if (layers !== diffIds) {
    throw new DocumentError(`it has ${layers} layers but its config lists ${diffIds}`);
  }
  return { manifest, config };
}

function comparePlatforms(declared: Platform, config: ImageConfig): Finding[] {
  const findings: Finding[] = [];
  const own = platformOfConfig(config);
  if (!platformMatches(own, declared)) {
    findings.push({
      code: 'platform-differs',
      level: 'error',
      message: `the index says ${formatPlatformInFull(declared)}, the image itself says ${formatPlatformInFull(own)}`,
      help: 'index the image for what it is: lazurite image index annotate INDEX DIGEST --os … --arch …',
    });
  }
  if (declared.os === 'windows' && !declared['os.version']) {
    findings.push({
      code: 'windows-os-version-missing',
      level: 'error',
      message: 'a Windows image without os.version: a host cannot tell whether it can run it',
      help: own['os.version']
        ? `lazurite image index annotate INDEX ${formatPlatform(declared)} --os-version ${own['os.version']}`
        : 'lazurite image index annotate INDEX DIGEST --os-version 10.0.20348.2227 (that of its base image)',
    });
  }
  return findings;
}

/** What a failure to read says about the image. @throws the failure when it says nothing about it */
function contentFinding(error: unknown): Finding {
  const message = messageOf(error);
  if (error instanceof LayerMismatchError) return broken('diff-id-mismatch', message);
  if (error instanceof UnsafeEntryError) return broken('layer-unsafe', message);
  if (error instanceof DocumentError) return broken('content-broken', message);
  if (error instanceof Failure) throw error;
  if (!(error instanceof RemoteError))
    return broken('content-broken', `a layer is damaged: ${message}`);
  switch (error.kind) {
    case 'bad-content':
      return broken('content-broken', message);
    case 'blob-unknown':
    case 'manifest-unknown':
      return broken('content-missing', message);
    default:
      throw error;
  }
}

function broken(code: Finding['code'], message: string): Finding {
  return { code, level: 'error', message, help: 'build and push the image anew' };
}
