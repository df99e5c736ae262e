import type { BaseImageUse } from '../../build/image-builder.js';
import { parseReference } from '../../oci/reference.js';
import type { StepRun } from '../steps/step-run.js';
import type { RunLog } from './run-log.js';

interface NamedImage {
  registry: string;
  repository: string;
  tag?: string;
  digest: string;
}

/** Tells what was pushed, and what each image was built on: base-image triggers go by it. */
export function writeDependencies(log: RunLog, run: StepRun): void {
  if (run.outputs.length === 0) return;
  log.agent('The following dependencies were found:');
  log.agent('');
  for (const output of run.outputs) {
    const [runtime, ...buildTime] = basesOf(run, output);
    log.line('- image:');
    writeImage(log, output);
    if (runtime) {
      log.line('  runtime-dependency:');
      writeImage(log, runtime);
    }
    if (buildTime.length > 0) log.line('  buildtime-dependency:');
    for (const base of buildTime) writeImage(log, base, '  - ');
    log.line('  git: {}');
  }
}

function basesOf(run: StepRun, { registry, repository, tag }: NamedImage): readonly BaseImageUse[] {
  const reference = parseReference(`${registry}/${repository}:${tag ?? 'latest'}`);
  return (reference && run.images.find(reference)?.baseImages) ?? [];
}

function writeImage(log: RunLog, image: NamedImage, firstIndent = '    '): void {
  log.line(`${firstIndent}registry: ${image.registry}`);
  log.line(`    repository: ${image.repository}`);
  if (image.tag) log.line(`    tag: ${image.tag}`);
  log.line(`    digest: ${image.digest}`);
}
