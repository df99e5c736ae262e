import { REGISTRY_NAME } from '../acr/registry-child.js';
import { YES } from '../common-arguments.js';
import type { CommandSpec } from '../spec.js';

export const HEALTH_COMMAND: CommandSpec = {
  path: 'acr check-health',
  summary: 'Get health information on the environment and optionally a target registry.',
  arguments: [
    { ...REGISTRY_NAME, required: false },
    {
      name: 'ignoreErrors',
      options: ['--ignore-errors'],
      kind: 'flag',
      help: 'Provide all health checks, even if errors are found.',
    },
    YES,
  ],
  examples: [
    {
      title: 'Get health state with target registry, with all checks even if errors are found.',
      command: 'az acr check-health -n myregistry --ignore-errors -y',
    },
  ],
  run: async (session, args) => {
    const { checkHealth } = await import('../acr/check-health.js');
    await checkHealth(session, args);
    return undefined;
  },
};
