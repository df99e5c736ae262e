import { NO_WAIT } from '../common-arguments.js';
import type { ArgumentSpec } from '../spec.js';

export const PLATFORM: ArgumentSpec = {
  name: 'platform',
  options: ['--platform'],
  help: "The platform where build/task is run, Eg, 'windows' and 'linux', or os/arch/variant.",
};
export const TIMEOUT: ArgumentSpec = {
  name: 'timeout',
  options: ['--timeout'],
  kind: 'integer',
  help: 'The timeout in seconds.',
};
export const TARGET: ArgumentSpec = {
  name: 'target',
  options: ['--target'],
  help: 'The name of the target build stage.',
};
export const AGENT_POOL: ArgumentSpec = {
  name: 'agentPool',
  options: ['--agent-pool'],
  help: 'The name of the agent pool.',
};

/**
 * How long a command stays with what it has queued.
 *
 * @param what `'build'` or `'run'`
 */
export function followArguments(what: string): ArgumentSpec[] {
  return [
    {
      name: 'noLogs',
      options: ['--no-logs'],
      kind: 'flag',
      help: `Do not show logs after successfully queuing the ${what}.`,
    },
    {
      name: 'noFormat',
      options: ['--no-format'],
      kind: 'flag',
      help: 'Indicates whether the logs should be displayed in raw format; they always are.',
    },
    NO_WAIT,
  ];
}
