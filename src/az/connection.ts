import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../base/connection.js';
import { codeOf, Failure, messageOf } from '../base/failure.js';

/** `$LAZURITE_HOME`, else `~/.lazurite`. */
export function homeOf(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['LAZURITE_HOME'] ?? join(homedir(), '.lazurite');
}

/**
 * Reads how to reach the running Lazurite of a home.
 *
 * @throws Failure when none runs there, or its file can't be understood.
 */
export function readConnection(home: string): Connection {
  const file = join(home, 'run', 'connection.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure('no Lazurite is running', {
      why:
        codeOf(error) === 'ENOENT'
          ? `its home ${home} has no run/connection.json`
          : `${file} can't be read: ${messageOf(error)}`,
      help: 'lazurite up --detach   (another home: set LAZURITE_HOME)',
      cause: error,
    });
  }
  return parseConnection(text, file);
}

/** @throws Failure naming the field that is missing or not a text. */
export function parseConnection(text: string, file: string): Connection {
  const damaged = (why: string): Failure =>
    new Failure(`the connection file ${file} is damaged`, {
      why,
      help: 'lazurite down && lazurite up --detach',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(messageOf(error));
  }
  if (typeof value !== 'object' || value === null) throw damaged('it is not a JSON object');
  const entries = new Map(Object.entries(value));
  const field = (name: keyof Connection): string => {
    const found: unknown = entries.get(name);
    if (typeof found !== 'string' || found === '') throw damaged(`it has no "${name}"`);
    return found;
  };
  return {
    gateway: field('gateway').replace(/\/+$/, ''),
    ca: field('ca'),
    armAudience: field('armAudience'),
    tokenEndpoint: field('tokenEndpoint'),
    tenantId: field('tenantId'),
    subscriptionId: field('subscriptionId'),
    subscriptionName: field('subscriptionName'),
    clientId: field('clientId'),
    clientSecret: field('clientSecret'),
  };
}
