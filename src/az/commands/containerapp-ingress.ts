import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { RESOURCE_GROUP } from '../common-arguments.js';
import { configurationOf, editApp, patchConfiguration } from '../containerapp/edit-app.js';
import { requireApp } from '../containerapp/requests.js';
import { textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';
import { TRAFFIC_COMMANDS } from './containerapp-traffic.js';

async function showIngress(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const ingress = valueAt(app, 'properties', 'configuration', 'ingress');
  if (ingress !== undefined) return ingress ?? undefined; // one that is off prints nothing
  throw new AzError(`The containerapp '${args.text('name')}' does not have ingress enabled.`);
}

async function enableIngress(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const transport = args.text('transport');
  return await patchIngress(session, args, 'Ingress enabled.', {
    external: args.text('type') === 'external',
    transport,
    allowInsecure: args.flag('allowInsecure'),
    exposedPort: transport === 'tcp' ? (args.number('exposedPort') ?? null) : null,
    targetPort: args.number('targetPort') ?? 0,
  });
}

async function updateIngress(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const name = args.text('name');
  const app = await requireApp(session, args.text('resourceGroup'), name);
  if (!isJsonObject(valueAt(app, 'properties', 'configuration', 'ingress'))) {
    throw new AzError(
      `The containerapp '${name}' does not have ingress enabled. Try running \`az containerapp ingress -h\` for more info.`,
    );
  }
  const type = args.optional('type');
  const targetPort = args.number('targetPort');
  const transport = args.optional('transport');
  const allowInsecure = args.state('allowInsecure');
  const exposedPort = args.number('exposedPort');
  return await patchIngress(session, args, 'Ingress Updated.', {
    ...(type === undefined ? {} : { external: type === 'external' }),
    ...(targetPort === undefined ? {} : { targetPort }),
    ...(transport === undefined ? {} : { transport }),
    ...(allowInsecure === undefined ? {} : { allowInsecure }),
    ...(transport === 'tcp'
      ? { clientCertificateMode: null, ...(exposedPort === undefined ? {} : { exposedPort }) }
      : { exposedPort: null }),
  });
}

async function patchIngress(
  session: Session,
  args: ArgumentReader,
  done: string,
  ingress: JsonObject,
): Promise<Json | undefined> {
  const patched = await patchConfiguration(session, args, { ingress });
  const stored = valueAt(patched, 'properties', 'configuration', 'ingress');
  session.warn(`\n${done} Access your app at https://${textAt(stored, 'fqdn') ?? ''}/\n`);
  return stored;
}

async function disableIngress(session: Session, args: ArgumentReader): Promise<undefined> {
  await editApp(session, args, (app) => {
    configurationOf(app)['ingress'] = null;
  });
  session.warn('Ingress has been disabled successfully.');
  return undefined;
}

const PORTS: readonly ArgumentSpec[] = [
  {
    name: 'targetPort',
    options: ['--target-port'],
    kind: 'integer',
    help: 'The application port used for ingress traffic.',
  },
  {
    name: 'exposedPort',
    options: ['--exposed-port'],
    kind: 'integer',
    help: 'Additional exposed port. Only supported by tcp transport protocol. Must be unique per environment if the app ingress is external.',
  },
];
const TYPE: ArgumentSpec = {
  name: 'type',
  options: ['--type'],
  choices: ['external', 'internal'],
  help: 'The ingress type.',
};
const TRANSPORT: ArgumentSpec = {
  name: 'transport',
  options: ['--transport'],
  choices: ['auto', 'http', 'http2', 'tcp'],
  help: 'The transport protocol used for ingress traffic.',
};
const ALLOW_INSECURE: ArgumentSpec = {
  name: 'allowInsecure',
  options: ['--allow-insecure'],
  kind: 'flag',
  help: 'Allow insecure connections for ingress traffic.',
};

/** Commands on what lets requests in. */
export const INGRESS_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp ingress show',
    summary: "Show details of a container app's ingress.",
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: showIngress,
  },
  {
    path: 'containerapp ingress enable',
    summary: 'Enable or update ingress for a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      { ...TYPE, required: true },
      ...PORTS,
      { ...TRANSPORT, default: 'auto' },
      ALLOW_INSECURE,
    ],
    examples: [
      {
        title: 'Enable ingress for a container app.',
        command:
          'az containerapp ingress enable -n my-containerapp -g MyResourceGroup --type external --target-port 80 --transport auto',
      },
    ],
    run: enableIngress,
  },
  {
    path: 'containerapp ingress update',
    summary: "Update a container app's ingress.",
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      TYPE,
      ...PORTS,
      TRANSPORT,
      { ...ALLOW_INSECURE, kind: 'three-state' },
    ],
    examples: [
      {
        title: 'Update the target port.',
        command:
          'az containerapp ingress update -n my-containerapp -g MyResourceGroup --target-port 8080',
      },
    ],
    run: updateIngress,
  },
  {
    path: 'containerapp ingress disable',
    summary: 'Disable ingress for a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: disableIngress,
  },
  ...TRAFFIC_COMMANDS,
];
