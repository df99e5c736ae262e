import { isJsonObject, textOf, type JsonObject } from '../../base/json.js';
import { ArmError } from '../errors.js';

/** Whether an event is wanted. */
export type ActivityFilter = (event: JsonObject) => boolean;

const TERM = /^\s*(\w+)\s+(eq|ge|le)\s+(?:'([^']*)'|(\S+))\s*(?:and\s+(?=\S)|$)/i;

/** Names in filters → members of events. */
const FIELDS: Readonly<Record<string, string>> = {
  eventtimestamp: 'eventTimestamp',
  resourcegroupname: 'resourceGroupName',
  resourceid: 'resourceId',
  resourceuri: 'resourceId',
  correlationid: 'correlationId',
  resourceprovider: 'resourceProviderName',
  resourcetype: 'resourceType',
  caller: 'caller',
  status: 'status',
  levels: 'level',
};

/**
 * Reads the `$filter` of the activity log: comparisons joined by `and`.
 *
 * @param text e.g. `"eventTimestamp ge 2026-01-01T00:00:00Z and resourceGroupName eq 'rg'"`
 * @throws ArmError BadRequest (400)
 */
export function parseActivityFilter(text: string | null): ActivityFilter {
  const terms: ActivityFilter[] = [];
  let rest = text ?? '';
  while (rest.trim() !== '') {
    const match = TERM.exec(rest);
    const [whole = '', name = '', operator = '', quoted, bare] = match ?? [];
    const field = FIELDS[name.toLowerCase()];
    if (match === null || field === undefined) throw invalid(text ?? '');
    terms.push(compare(field, operator.toLowerCase(), quoted ?? bare ?? ''));
    rest = rest.slice(whole.length);
  }
  return (event) => terms.every((term) => term(event));
}

function compare(field: string, operator: string, value: string): ActivityFilter {
  if (field === 'eventTimestamp') {
    // clients send the time of Greenwich with or without saying so
    const limit = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
    if (Number.isNaN(limit)) throw invalid(value);
    return (event) => {
      const time = Date.parse(valueOf(event, field));
      return operator === 'ge' ? time >= limit : operator === 'le' ? time <= limit : time === limit;
    };
  }
  if (operator !== 'eq') throw invalid(`${field} ${operator}`);
  return (event) => valueOf(event, field).toLowerCase() === value.toLowerCase();
}

function invalid(text: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'BadRequest',
    message: `The filter '${text}' of the activity log is not valid.`,
  });
}

/** `value` of a `{ value, localizedValue }` member. */
export function valueOf(event: JsonObject, field: string): string {
  const member = event[field];
  return isJsonObject(member) ? textOf(member['value']) : textOf(member);
}
