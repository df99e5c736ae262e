import type { Json, JsonObject } from '../../base/json.js';
import { objectsAt } from '../json-path.js';
import { cell, objectsOf, timeCell } from './tables.js';

export function tokenTable(result: Json): Json {
  return objectsOf(result).map((token) => {
    const passwords = objectsAt(token, 'credentials', 'passwords');
    const expiries = passwords.map((one) => [expiryColumn(one), expiryOf(one)] as const);
    const expiry = new Map(expiries);
    return {
      NAME: cell(token, 'name'),
      'SCOPE MAP': cell(token, 'scopeMapId').split('/').at(-1) ?? '',
      'PASSWORD1 EXPIRY': expiry.get('PASSWORD1 EXPIRY') ?? '',
      'PASSWORD2 EXPIRY': expiry.get('PASSWORD2 EXPIRY') ?? '',
      STATUS: cell(token, 'status').replace(/^./, (first) => first.toUpperCase()),
      'PROVISIONING STATE': cell(token, 'provisioningState'),
      'CREATION DATE': timeCell(token, 'creationDate'),
    };
  });
}

export function tokenPasswordTable(result: Json): Json {
  return objectsOf(result).map((credentials) => {
    const row: JsonObject = { USERNAME: cell(credentials, 'username') };
    for (const one of objectsAt(credentials, 'passwords')) {
      row[cell(one, 'name').toUpperCase()] = cell(one, 'value');
      row[expiryColumn(one)] = expiryOf(one);
    }
    return row;
  });
}

function expiryColumn(password: JsonObject): string {
  return `${cell(password, 'name').toUpperCase()} EXPIRY`;
}

function expiryOf(password: JsonObject): string {
  return password['expiry'] == null ? 'Never' : timeCell(password, 'expiry');
}
