import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { RESOURCE_GROUP } from '../common-arguments.js';
import { configurationOf, editApp, secretsOf } from '../containerapp/edit-app.js';
import { parseSecrets } from '../containerapp/flags.js';
import { requireApp } from '../containerapp/requests.js';
import { objectsAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';

function isNamed(secret: JsonObject, name: string): boolean {
  return textAt(secret, 'name')?.toLowerCase() === name.toLowerCase();
}

function missingSecret(args: ArgumentReader, name: string): AzError {
  return new AzError(
    `The containerapp ${args.text('name')} does not have a secret assigned with name ${name}.`,
  );
}

async function listSecrets(session: Session, args: ArgumentReader): Promise<Json> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  if (args.state('showValues') === true) return await secretsOf(session, args);
  return valueAt(app, 'properties', 'configuration', 'secrets') ?? [];
}

async function showSecret(session: Session, args: ArgumentReader): Promise<Json> {
  await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const name = args.text('secretName');
  const secret = (await secretsOf(session, args)).find((one) => isNamed(one, name));
  if (secret) return secret;
  throw missingSecret(args, name);
}

async function setSecrets(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const given = parseSecrets(args.list('secrets') ?? []);
  const app = await editApp(session, args, (edited) => {
    const configuration = configurationOf(edited);
    const secrets = objectsAt(configuration, 'secrets');
    for (const secret of given) {
      const known = secrets.find((one) => isNamed(one, textAt(secret, 'name') ?? ''));
      if (known) Object.assign(known, { ...secret, name: known['name'] ?? null });
      else secrets.push(secret);
    }
    configuration['secrets'] = secrets;
  });
  session.warn(
    `Containerapp '${args.text('name')}' must be restarted in order for secret changes to take effect.`,
  );
  return valueAt(app, 'properties', 'configuration', 'secrets');
}

async function removeSecrets(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const names = args.list('secretNames') ?? [];
  const app = await editApp(session, args, (edited) => {
    const configuration = configurationOf(edited);
    let secrets = objectsAt(configuration, 'secrets');
    for (const name of names) {
      if (!secrets.some((one) => isNamed(one, name))) throw missingSecret(args, name);
      secrets = secrets.filter((one) => !isNamed(one, name));
    }
    configuration['secrets'] = secrets;
  });
  session.warn('Secret(s) successfully removed.');
  return valueAt(app, 'properties', 'configuration', 'secrets');
}

/** Commands on an app's secrets. */
export const SECRET_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp secret list',
    summary: 'List the secrets of a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'showValues',
        options: ['--show-values'],
        kind: 'three-state',
        help: 'Show the secret values.',
      },
    ],
    run: listSecrets,
  },
  {
    path: 'containerapp secret show',
    summary: 'Show details of a secret.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'secretName',
        options: ['--secret-name'],
        required: true,
        help: 'The name of the secret to show.',
      },
    ],
    run: showSecret,
  },
  {
    path: 'containerapp secret set',
    summary: 'Create/update secrets.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'secrets',
        options: ['--secrets', '-s'],
        kind: 'list',
        required: true,
        help: "A list of secret(s) for the container app. Space-separated values in 'key=value' or 'key=keyvaultref:keyvaulturl,identityref:identity' format (where 'key' cannot be longer than 20 characters).",
      },
    ],
    examples: [
      {
        title: 'Add secrets to a container app.',
        command:
          'az containerapp secret set -n my-containerapp -g MyResourceGroup --secrets MySecretName1=MySecretValue1',
      },
    ],
    run: setSecrets,
  },
  {
    path: 'containerapp secret remove',
    summary: 'Remove secrets from a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'secretNames',
        options: ['--secret-names'],
        kind: 'list',
        required: true,
        help: 'A list of secret(s) for the container app. Space-separated secret values names.',
      },
    ],
    run: removeSecrets,
  },
];
