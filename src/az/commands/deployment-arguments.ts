import { RESOURCE_GROUP } from '../common-arguments.js';
import type { ArgumentSpec } from '../spec.js';

export const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The deployment name.',
};

/** Of create, validate and what-if. */
export const TEMPLATE_ARGUMENTS: readonly ArgumentSpec[] = [
  RESOURCE_GROUP,
  { ...NAME, required: false, help: "The deployment name. Default: the template file's name." },
  {
    name: 'templateFile',
    options: ['--template-file', '-f'],
    help: 'The path to the template file or Bicep file.',
  },
  {
    name: 'templateUri',
    options: ['--template-uri', '-u'],
    help: 'The URI to the template file.',
  },
  {
    name: 'parameters',
    options: ['--parameters', '-p'],
    kind: 'list',
    repeatable: true,
    help: 'Supply deployment parameter values: files, JSON, or key=value pairs; later values override earlier ones',
  },
  {
    name: 'mode',
    options: ['--mode'],
    choices: ['Complete', 'Incremental'],
    default: 'Incremental',
    help: 'Incremental (only add resources to resource group) or Complete (remove extra resources from resource group).',
  },
  {
    name: 'noPrompt',
    options: ['--no-prompt'],
    kind: 'three-state',
    help: 'The option to disable the prompt of missing parameters for the ARM template; Lazurite never prompts.',
  },
];

const CHANGE_TYPES = [
  ...['Create', 'Delete', 'Ignore', 'Deploy', 'NoChange', 'Modify', 'Unsupported'],
];

const RESULT_FORMAT: ArgumentSpec = {
  name: 'resultFormat',
  options: ['--result-format', '-r'],
  choices: ['FullResourcePayloads', 'ResourceIdOnly'],
  default: 'FullResourcePayloads',
  help: 'Format of What-If results: whole resources, or their ids alone.',
};

const EXCLUDE_CHANGE_TYPES: ArgumentSpec = {
  name: 'excludeChangeTypes',
  options: ['--exclude-change-types', '-x'],
  kind: 'list',
  choices: CHANGE_TYPES,
  help: 'Space-separated list of resource change types to be excluded from What-If results.',
};

export const WHAT_IF_ARGUMENTS: readonly ArgumentSpec[] = [
  RESULT_FORMAT,
  EXCLUDE_CHANGE_TYPES,
  {
    name: 'noPrettyPrint',
    options: ['--no-pretty-print'],
    kind: 'flag',
    help: 'Disable pretty-print for What-If results. When set, the output format type will be used.',
  },
];

/** Of `create`: look first. */
export const CONFIRM_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'whatIf',
    options: ['--what-if', '-w'],
    kind: 'flag',
    help: 'Instruct the command to run deployment What-If.',
  },
  {
    name: 'confirmWithWhatIf',
    options: ['--confirm-with-what-if', '-c'],
    kind: 'flag',
    help: 'Instruct the command to run deployment What-If before executing the deployment. It then prompts you to acknowledge resource changes before it continues.',
  },
  { ...RESULT_FORMAT, options: ['--what-if-result-format', '-r'] },
  { ...EXCLUDE_CHANGE_TYPES, options: ['--what-if-exclude-change-types', '-x'] },
  {
    name: 'proceedIfNoChange',
    options: ['--proceed-if-no-change'],
    kind: 'flag',
    help: 'Instruct the command to execute the deployment if the What-If result contains no resource changes. Applicable when --confirm-with-what-if is set.',
  },
];
