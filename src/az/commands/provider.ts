import type { Json, JsonObject } from '../../base/json.js';
import { RESOURCES_API_VERSION } from '../resource-lookup.js';
import { PROVIDER } from '../provider-shape.js';
import { fillShape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const NAMESPACE: ArgumentSpec = {
  name: 'namespace',
  options: ['--namespace', '-n'],
  required: true,
  help: "The resource provider namespace, e.g., 'Microsoft.App'.",
};

function printed(provider: JsonObject): Json {
  return fillShape(provider, PROVIDER, { keepUnknown: true });
}

function providerPath(session: Session, args: ArgumentReader, action = ''): string {
  return `${session.subscription}/providers/${encodeURIComponent(args.text('namespace'))}${action}`;
}

function registration(verb: 'register' | 'unregister'): CommandSpec {
  return {
    path: `provider ${verb}`,
    summary: `${verb === 'register' ? 'Register' : 'Unregister'} a provider.`,
    arguments: [
      NAMESPACE,
      {
        name: 'wait',
        options: ['--wait'],
        kind: 'flag',
        help: 'Wait for the registration to finish; here it always has.',
      },
    ],
    examples: [{ title: 'Register a provider.', command: `az provider ${verb} -n Microsoft.App` }],
    run: async (session, args) => {
      const path = providerPath(session, args, `/${verb}`);
      await session.armJson({ method: 'POST', path, apiVersion: RESOURCES_API_VERSION });
      return undefined;
    },
  };
}

/** Commands on resource providers. */
export const PROVIDER_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'provider list',
    summary: 'Gets all resource providers for a subscription.',
    arguments: [],
    run: async (session) => {
      const found = await session.armList({
        method: 'GET',
        path: `${session.subscription}/providers`,
        apiVersion: RESOURCES_API_VERSION,
      });
      return found.map(printed);
    },
  },
  {
    path: 'provider show',
    summary: 'Gets the specified resource provider.',
    arguments: [NAMESPACE],
    run: async (session, args) =>
      printed(
        await session.armJson({
          method: 'GET',
          path: providerPath(session, args),
          apiVersion: RESOURCES_API_VERSION,
        }),
      ),
  },
  registration('register'),
  registration('unregister'),
];
