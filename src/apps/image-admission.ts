import { randomUUID } from 'node:crypto';
import { PlatformMismatchError } from '../remote/image-resolver.js';
import { RemoteError } from '../remote/registry-client.js';
import { NO_MATCH_TEXT } from '../oci/platform/no-match.js';
import { parseReference } from '../oci/reference.js';
import type { Workload } from './documents.js';
import type { ImageAccess } from './image-access.js';
import type { AppContainer, Template } from './template.js';

/** Where a bad image is refused: see "Image admission" in ARCHITECTURE.md. */
export const IMAGE_ADMISSIONS = ['documented', 'api', 'revision'] as const;
export type ImageAdmission = (typeof IMAGE_ADMISSIONS)[number];

/** An image the API does not accept. */
export class ImageRefusedError extends Error {
  /** e.g. `'ContainerAppContainersInvalidCpu'` */
  readonly code: string;
  /** False when the write is accepted first and fails as an operation. */
  readonly synchronous: boolean;

  constructor(code: string, message: string, synchronous: boolean) {
    super(message);
    this.name = 'ImageRefusedError';
    this.code = code;
    this.synchronous = synchronous;
  }
}

export interface AdmissionRequest {
  admission: ImageAdmission;
  access: ImageAccess;
  app: Workload & { template: Pick<Template, 'containers' | 'initContainers'> };
  signal?: AbortSignal | undefined;
}

/** A check that takes longer than this lets the image pass: the pull will tell. */
const CHECK_TIMEOUT_MS = 15_000;

/**
 * Looks at the images that a new revision would run. A tag may have moved since the last revision, so a
 * reference that was accepted before is looked at again.
 *
 * @throws ImageRefusedError for the first one that the setting refuses
 */
export async function admitImages(request: AdmissionRequest): Promise<void> {
  const { initContainers, containers } = request.app.template;
  for (const container of [...initContainers, ...containers]) {
    if (!parseReference(container.image)) throw unparsable(request.app.name, container);
    if (request.admission !== 'revision') await admitImage(container, request);
  }
}

async function admitImage(container: AppContainer, request: AdmissionRequest): Promise<void> {
  const { access, app, admission, signal } = request;
  const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  try {
    const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
    await access.resolve(app, container.image, both);
  } catch (error) {
    if (timeout.aborted) return;
    if (signal?.aborted) throw error;
    const refusal =
      admission === 'api' ? refusedByApi(error, container, request) : refusedAsDocumented(error);
    if (refusal) throw refusal;
  }
}

function refusedAsDocumented(error: unknown): ImageRefusedError | undefined {
  return error instanceof PlatformMismatchError
    ? new ImageRefusedError('ContainerAppContainersInvalidCpu', error.message, true)
    : undefined;
}

function refusedByApi(
  error: unknown,
  container: AppContainer,
  { app }: AdmissionRequest,
): ImageRefusedError {
  const reason = apiReason(error, container.image);
  return new ImageRefusedError(
    'ContainerAppOperationError',
    fieldError(app.name, container, reason, "';.."),
    false,
  );
}

function unparsable(appName: string, container: AppContainer): ImageRefusedError {
  return new ImageRefusedError(
    'InvalidParameterValueInContainerTemplate',
    fieldError(appName, container, `could not parse reference: ${container.image}`, "';."),
    true,
  );
}

function fieldError(
  appName: string,
  container: AppContainer,
  reason: string,
  ending: string,
): string {
  return (
    `Failed to provision revision for container app '${appName}'. Error details: ` +
    'The following field(s) are either invalid or missing. ' +
    `Field 'template.containers.${container.name}.image' is invalid with details: ` +
    `'Invalid value: "${container.image}": ${reason}${ending}`
  );
}

/** The wording of mid-2026, which is that of the library the service checks images with. */
function apiReason(error: unknown, image: string): string {
  if (error instanceof PlatformMismatchError) {
    return error.source === 'index'
      ? NO_MATCH_TEXT.crane({ wanted: error.wanted, reference: image })
      : error.message;
  }
  if (!(error instanceof RemoteError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const reference = parseReference(image);
  const host = reference?.registry ?? '';
  const scope = encodeURIComponent(`repository:${reference?.repository ?? ''}:pull`);
  const said = error.registryMessage ?? error.message;
  switch (error.kind) {
    case 'manifest-unknown':
      return `GET https:: MANIFEST_UNKNOWN: ${said}; map[Tag:${reference?.tag ?? ''}]`;
    case 'name-unknown':
      return `GET https:: NAME_UNKNOWN: ${said}; map[name:${reference?.repository ?? ''}]`;
    case 'unauthorized':
      return `GET https:?scope=${scope}&service=${host}: UNAUTHORIZED: ${said} CorrelationId: ${randomUUID()}`;
    case 'denied':
      return `GET https:?scope=${scope}&service=${host}: DENIED: ${said}`;
    case 'rate-limited':
      return `GET https:: TOOMANYREQUESTS: ${said}`;
    case 'unknown-host':
      return `failed to resolve registry '${host}': lookup ${host} on 100.100.253.162:53: no such host`;
    case 'unreachable':
      return `Get "https://${host}/v2/": EOF`;
    default:
      return `GET https:: unexpected status code ${error.status ?? 'unknown'}: ${said}`;
  }
}
