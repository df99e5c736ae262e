import type { Platform } from '../../../oci/platform.js';
import type { SourceFile } from '../../source/position.js';
import type { YamlValue } from '../../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from '../contents.js';
import { DEFAULT_PLATFORM, type ReadOptions } from '../read-options.js';
import { readScript } from '../script/script-reader.js';
import { expandExpressions, imageNameOf, type VariableLookup } from '../script/variables.js';
import { readAction } from './github-actions.js';
import type { JobScope } from './job-scope.js';

/** Whether a document is a workflow, or an action made of steps. */
export function isGitHubWorkflow(document: YamlValue): boolean {
  const isAction = document.get('runs', 'using')?.text === 'composite';
  return isAction || (document.get('on') !== undefined && document.get('jobs')?.isMap === true);
}

/** The images that a workflow builds, pushes, deploys, and runs its jobs and services in. */
export function readGitHubWorkflow(
  document: YamlValue,
  file: SourceFile,
  options: ReadOptions,
): TargetContents {
  const environment = readEnvironment(document.get('env'));
  const composite = document.get('runs', 'steps');
  if (composite) {
    const scope = {
      owner: 'action',
      lookup: lookupIn(environment),
      machine: DEFAULT_PLATFORM,
      file,
      options,
      earlier: [],
    };
    return readSteps(composite.items, environment, scope);
  }
  const jobs = document.get('jobs')?.entries ?? [];
  return mergeContents(
    jobs.map(([name, job]) => {
      const inner = new Map([...environment, ...readEnvironment(job.get('env'))]);
      const machine = machineOf(job.get('runs-on'));
      const lookup = lookupIn(inner);
      const scope = { owner: `job ${name}`, lookup, machine, file, options, earlier: [] };
      const steps = job.get('steps')?.items ?? [];
      return mergeContents([readContainers(job, scope), readSteps(steps, inner, scope)]);
    }),
  );
}

/** Runners are linux/amd64 unless their labels say otherwise. */
function machineOf(runsOn: YamlValue | undefined): Platform {
  const items = runsOn?.get('labels') ?? runsOn;
  const labels = items?.isList ? items.items.map(({ text }) => text ?? '') : [items?.text ?? ''];
  const arm = labels.some((label) => /(^|[-_])(arm|arm64|aarch64)($|[-_])/i.test(label));
  const windows = labels.some((label) => /^windows/i.test(label));
  if (windows) return { os: 'windows', architecture: 'amd64' };
  return arm ? { os: 'linux', architecture: 'arm64' } : DEFAULT_PLATFORM;
}

function readContainers(job: YamlValue, { owner, lookup, machine }: JobScope): TargetContents {
  const container = job.get('container');
  const services = job.get('services')?.entries ?? [];
  const named: [string, YamlValue | undefined][] = [
    ['container', container?.get('image') ?? container],
    ...services.map(([name, service]): [string, YamlValue | undefined] => [
      `service ${name}`,
      service.get('image'),
    ]),
  ];
  const contents = emptyContents();
  for (const [noun, image] of named) {
    if (!image?.text) continue;
    contents.uses.push({
      image: imageNameOf(expandExpressions(image.text, lookup)),
      position: image.textPosition,
      owner: `${owner}, ${noun}`,
      puller: 'docker',
      needs: [{ platform: machine, because: 'the machine of the job' }],
    });
  }
  return contents;
}

/** In order: a step pushes and tags what those before it built. */
function readSteps(
  steps: readonly YamlValue[],
  environment: ReadonlyMap<string, string>,
  scope: JobScope,
): TargetContents {
  let contents = emptyContents();
  for (const step of steps) {
    const read = readStep(step, environment, { ...scope, earlier: contents.builds });
    contents = mergeContents([contents, read]);
  }
  return contents;
}

function readStep(
  step: YamlValue,
  environment: ReadonlyMap<string, string>,
  outer: JobScope,
): TargetContents {
  const inner = new Map([...environment, ...readEnvironment(step.get('env'))]);
  const scope = { ...outer, lookup: lookupIn(inner) };
  const run = step.get('run');
  if (run?.text !== undefined) {
    return readScript({
      text: run.text,
      place: (offset) => run.positionIn(offset),
      owner: scope.owner,
      lookup: (name) => inner.get(name),
      expand: (text) => expandExpressions(text, scope.lookup),
      machine: scope.machine,
      earlier: scope.earlier,
    });
  }
  return readAction(step, scope);
}

function readEnvironment(env: YamlValue | undefined): Map<string, string> {
  return new Map((env?.entries ?? []).map(([name, value]) => [name, value.text ?? '']));
}

/** `env.NAME` is known; `github.*`, `secrets.*`, `vars.*`, `steps.*` and `matrix.*` are known only later. */
function lookupIn(environment: ReadonlyMap<string, string>): VariableLookup {
  return (name) => (name.startsWith('env.') ? environment.get(name.slice(4)) : undefined);
}
