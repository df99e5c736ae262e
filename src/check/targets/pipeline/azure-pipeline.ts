import type { SourceFile } from '../../source/position.js';
import { MAX_YAML_DEPTH, type YamlValue } from '../../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from '../contents.js';
import { DEFAULT_PLATFORM, type ReadOptions } from '../read-options.js';
import { readScript } from '../script/script-reader.js';
import { expandExpressions, expandMacros, imageNameOf } from '../script/variables.js';
import { readTask } from './azure-tasks.js';
import type { PipelineScope } from './pipeline-scope.js';

/** Whether a document is an Azure pipeline, or a template of one. */
export function isAzurePipeline(document: YamlValue): boolean {
  if (document.get('on') ?? document.get('services')) return false;
  const root = ['stages', 'jobs', 'steps'].some((key) => document.get(key)?.isList === true);
  const other = ['trigger', 'pool', 'pr', 'resources', 'variables', 'parameters', 'extends'];
  return (
    root ||
    (other.filter((key) => document.get(key) !== undefined).length > 1 && !document.get('kind'))
  );
}

/** The images that a pipeline builds, pushes, deploys, and runs its jobs in. */
export function readAzurePipeline(
  document: YamlValue,
  file: SourceFile,
  options: ReadOptions,
): TargetContents {
  const scope: PipelineScope = {
    owner: 'pipeline',
    variables: parameterDefaults(document.get('parameters')),
    machine: DEFAULT_PLATFORM,
    file,
    options,
    earlier: [],
  };
  const resources = document.get('resources', 'containers')?.items ?? [];
  return mergeContents([
    ...resources.map((resource) =>
      pulled(resource.get('image'), `container ${resource.get('container')?.text ?? ''}`, scope),
    ),
    visit(document, scope, new Set(resources.map((one) => one.get('container')?.text ?? '')), 0),
  ]);
}

/** Stages, jobs, strategies and steps nest in many ways; what runs is a step wherever it stands. */
function visit(
  value: YamlValue,
  outer: PipelineScope,
  containers: ReadonlySet<string>,
  depth: number,
): TargetContents {
  if (depth > MAX_YAML_DEPTH) return emptyContents();
  if (value.isList) {
    let contents = emptyContents();
    for (const item of value.items) {
      // Steps follow each other; stages and jobs are told of the ones before them too.
      const scope = { ...outer, earlier: [...outer.earlier, ...contents.builds] };
      contents = mergeContents([contents, visit(item, scope, containers, depth + 1)]);
    }
    return contents;
  }
  if (!value.isMap) return emptyContents();
  const scope = innerScope(value, outer);
  const parts: TargetContents[] = [jobContainer(value, scope, containers), readStep(value, scope)];
  for (const [key, member] of value.entries) {
    if (
      /^(stages|jobs|steps|strategy|deploy|preDeploy|postRouteTraffic|routeTraffic|on|success|failure|runOnce|rolling|canary)$/.test(
        key,
      ) ||
      key.startsWith('${{')
    ) {
      parts.push(visit(member, scope, containers, depth + 1));
    }
  }
  return mergeContents(parts);
}

function innerScope(value: YamlValue, outer: PipelineScope): PipelineScope {
  const own = readVariables(value.get('variables'));
  const name = value.get('job') ?? value.get('deployment') ?? value.get('stage');
  const noun = value.get('stage') ? 'stage' : 'job';
  const image = value.get('pool', 'vmImage')?.text;
  return {
    ...outer,
    ...(own.size > 0 && { variables: new Map([...outer.variables, ...own]) }),
    ...(name?.text && { owner: `${noun} ${name.text}` }),
    ...(image && /^windows/i.test(image) && { machine: { os: 'windows', architecture: 'amd64' } }),
  };
}

/** A map, or a list of `name` and `value`; groups and templates are known only later. */
function readVariables(variables: YamlValue | undefined): Map<string, string> {
  const pairs = variables?.isList
    ? variables.items.map((item) => [item.get('name')?.text, item.get('value')?.text] as const)
    : (variables?.entries ?? []).map(([name, value]) => [name, value.text] as const);
  const known = pairs.flatMap(([name, value]) =>
    name !== undefined && value !== undefined ? [[name.toLowerCase(), value] as const] : [],
  );
  return new Map(known);
}

function parameterDefaults(parameters: YamlValue | undefined): Map<string, string> {
  const items = parameters?.isList ? parameters.items : [];
  const known = items.flatMap((item) => {
    const name = item.get('name')?.text;
    const value = item.get('default')?.text;
    return name !== undefined && value !== undefined
      ? [[`parameters.${name.toLowerCase()}`, value] as const]
      : [];
  });
  return new Map(known);
}

function jobContainer(
  job: YamlValue,
  scope: PipelineScope,
  containers: ReadonlySet<string>,
): TargetContents {
  if (!job.get('job') && !job.get('deployment')) return emptyContents();
  const container = job.get('container');
  const image = container?.get('image') ?? container;
  // The name of a container resource stands for its image, which is read there.
  if (!image?.text || containers.has(image.text)) return emptyContents();
  return pulled(image, `${scope.owner}, container`, scope);
}

function pulled(image: YamlValue | undefined, owner: string, scope: PipelineScope): TargetContents {
  if (!image?.text) return emptyContents();
  const use = {
    image: imageNameOf(expandPipeline(image.text, scope)),
    position: image.textPosition,
    owner,
    puller: 'docker' as const,
    needs: [{ platform: scope.machine, because: 'the machine of the job' }],
  };
  return { ...emptyContents(), uses: [use] };
}

const SCRIPT_KEYS = ['script', 'bash', 'pwsh', 'powershell'];

function readStep(step: YamlValue, scope: PipelineScope): TargetContents {
  for (const key of SCRIPT_KEYS) {
    const script = step.get(key);
    if (script?.text !== undefined) return scriptContents(script, step, scope);
  }
  if (step.get('task')?.text === undefined) return emptyContents();
  const inline = step.get('inputs', 'inlineScript') ?? step.get('inputs', 'script');
  return mergeContents([
    readTask(step, scope, (text) => expandPipeline(text, scope)),
    inline?.text === undefined ? emptyContents() : scriptContents(inline, step, scope),
  ]);
}

function scriptContents(script: YamlValue, step: YamlValue, scope: PipelineScope): TargetContents {
  const own = new Map((step.get('env')?.entries ?? []).map(([name, value]) => [name, value.text]));
  return readScript({
    text: script.text ?? '',
    place: (offset) => script.positionIn(offset),
    owner: scope.owner,
    // Variables are environment variables too, in upper case with dots as underscores.
    lookup: (name) => own.get(name) ?? scope.variables.get(name.toLowerCase()),
    expand: (text) => expandPipeline(text, scope),
    machine: scope.machine,
    earlier: scope.earlier,
  });
}

/** `$(name)`, `${{ variables.name }}` and `${{ parameters.name }}`. */
function expandPipeline(text: string, { variables }: PipelineScope): string {
  const expressions = expandExpressions(text, (name) => {
    const lower = name.toLowerCase();
    return variables.get(lower.replace(/^variables\./, ''));
  });
  return expandMacros(expressions, (name) => variables.get(name.toLowerCase()));
}
