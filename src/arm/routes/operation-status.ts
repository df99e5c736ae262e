import type { JsonObject } from '../../base/json.js';
import type { Router } from '../../http/router.js';
import { parameter, type ArmCall, type ArmHandler, type ArmReply } from '../arm-call.js';
import type { AsyncOperations, OperationRecord } from '../async-operations.js';
import { ArmError, armErrors } from '../errors.js';
import { RETRY_AFTER_SECONDS } from '../polling.js';

const PATH =
  '/subscriptions/:subscription/providers/:namespace/locations/:location/:kind/:operation';

/** Polling of long-running requests; `…Statuses` for Azure-AsyncOperation, `…Results` for Location. */
export function addOperationRoutes(router: Router<ArmHandler>, operations: AsyncOperations): void {
  router.add('GET', PATH, async (call) => {
    const kind = parameter(call, 'kind').toLowerCase();
    if (!kind.endsWith('statuses') && !kind.endsWith('results')) {
      throw armErrors.pathNotFound(call.url.pathname);
    }
    const operationId = parameter(call, 'operation');
    const record = await operations.get(operationId);
    if (record === undefined) throw armErrors.operationNotFound(operationId);
    return kind.endsWith('results') ? result(record, call) : status(record, call);
  });
}

function status(record: OperationRecord, call: ArmCall): ArmReply {
  const body: JsonObject = {
    id: call.url.pathname,
    name: record.id,
    status: record.status,
    startTime: record.startTime,
    ...(record.endTime === undefined ? {} : { endTime: record.endTime }),
    ...(record.error === undefined ? {} : { error: record.error }),
  };
  if (record.status !== 'InProgress') return { status: 200, body };
  return { status: 200, body, headers: { 'retry-after': RETRY_AFTER_SECONDS } };
}

function result(record: OperationRecord, call: ArmCall): ArmReply {
  if (record.status === 'InProgress') {
    const location = `${call.context.baseUrl}${call.url.pathname}${call.url.search}`;
    return { status: 202, headers: { location, 'retry-after': RETRY_AFTER_SECONDS } };
  }
  if (record.error !== undefined) {
    const { code, message, ...rest } = record.error;
    const details = Array.isArray(rest['details']) ? rest['details'] : [];
    throw new ArmError({
      status: record.errorStatus ?? 400,
      code,
      message,
      details: details.flatMap((item) => (isErrorBody(item) ? [item] : [])),
    });
  }
  // Not 204 where there is nothing to tell: clients of some actions, imports for one, take 200 only.
  return { status: 200, ...(record.result === undefined ? {} : { body: record.result }) };
}

function isErrorBody(item: unknown): item is JsonObject & { code: string; message: string } {
  return typeof item === 'object' && item !== null && 'code' in item && 'message' in item;
}
