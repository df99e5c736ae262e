import { messageOf } from '../../base/failure.js';
import { copyImage, type CopyResult } from '../../image/copy/copy-image.js';
import { openLayout } from '../../image/layout/layout-reader.js';
import { registryWriter } from '../../image/registry/registry-writer.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { CommandScope } from '../steps/command-scope.js';
import { StepFailure } from '../steps/step-run.js';
import { pushName, readImageName } from './image-name.js';
import type { LocalImage } from './local-image.js';

/**
 * `docker push`: what the run holds under the name goes to its registry, the tag last.
 *
 * @throws StepFailure when there is no such image in the run, or the registry refuses it
 */
export async function pushImage(scope: CommandScope, name: string): Promise<void> {
  const { run, signal } = scope;
  const target = pushName(name, run.loginServer);
  const image = run.images.find(readImageName(name)) ?? run.images.find(target);
  if (image === undefined) {
    run.log.line(`An image does not exist locally with the tag: ${name}`);
    throw new StepFailure('exit status 1');
  }
  run.log.line(`The push refers to repository [${target.registry}/${target.repository}]`);
  try {
    const { digest, size } = await copyTo(scope, image, target);
    run.log.line(`${target.tag ?? 'latest'}: digest: ${digest} size: ${size}`);
    noteOutput(scope, target, digest);
  } catch (error) {
    signal.throwIfAborted();
    run.log.line(messageOf(error));
    throw new StepFailure('exit status 1');
  }
}

async function copyTo(
  { run, signal }: CommandScope,
  { layoutDirectory, root }: LocalImage,
  target: Reference,
): Promise<CopyResult> {
  const { registry, repository } = target;
  const remote = run.registryClient.repository(registry, repository, run.credentialsFor(registry));
  const writer = registryWriter(remote, target, formatReference(target));
  return copyImage(await openLayout(layoutDirectory, root.digest), writer, { signal });
}

/** What a run pushed is in its record, with what it was built on. */
export function noteOutput(
  { run }: CommandScope,
  { registry, repository, tag }: Reference,
  digest: CopyResult['digest'],
): void {
  run.outputs.push({ registry, repository, ...(tag && { tag }), digest });
}
