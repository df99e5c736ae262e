import type {
  JobConfiguration,
  JobTemplate,
  JobTrigger,
} from '../../../apps/jobs/job-documents.js';
import type { Secret } from '../../../apps/documents.js';
import { isJsonObject } from '../../../base/json.js';
import type { Json, JsonObject } from '../../../base/json.js';
import { parseCron } from '../../../tasks/triggers/cron-schedule.js';
import { appErrors } from '../container-apps/errors.js';
import { Fields } from '../container-apps/fields.js';
import { parseRegistry, parseSecret } from '../container-apps/parse-configuration.js';
import { parsePod } from '../container-apps/parse-template.js';
import type { TemplateContext } from '../container-apps/parse-template.js';

const PATH = 'properties.configuration';
const DEFAULT_TIMEOUT_SECONDS = 1800;

/**
 * Reads `properties.configuration` of a job.
 *
 * @param existing secrets that the job has: one that comes without a value keeps its own
 * @throws ArmError
 */
export function parseJobConfiguration(
  fields: Fields,
  existing: readonly Secret[],
): JobConfiguration {
  return {
    registries: fields.objects('registries').map(parseRegistry),
    secrets: fields.objects('secrets').map((secret) => parseSecret(secret, existing)),
    trigger: parseTrigger(fields),
    replicaTimeout: atLeast(1, fields, 'replicaTimeout', DEFAULT_TIMEOUT_SECONDS),
    replicaRetryLimit: atLeast(0, fields, 'replicaRetryLimit', 0),
  };
}

function parseTrigger(fields: Fields): JobTrigger {
  const text = fields.string('triggerType') ?? 'Manual';
  const kind = text.toLowerCase();
  if (kind === 'event') {
    throw appErrors.notImplemented(`${PATH}.triggerType 'Event': a job that a KEDA scaler starts`);
  }
  if (kind !== 'manual' && kind !== 'schedule') {
    const why = `'${text}' is none of 'Manual', 'Schedule', 'Event'`;
    throw appErrors.invalidValue(`${PATH}.triggerType`, why);
  }
  const name = kind === 'manual' ? 'manualTriggerConfig' : 'scheduleTriggerConfig';
  const config = fields.object(name) ?? new Fields({}, `${PATH}.${name}`);
  const counts = {
    parallelism: atLeast(1, config, 'parallelism', 1),
    replicaCompletionCount: atLeast(1, config, 'replicaCompletionCount', 1),
  };
  if (kind === 'manual') return { kind: 'Manual', ...counts };
  const cronExpression = config.string('cronExpression') ?? '';
  if (!parseCron(cronExpression)) {
    const why = `'${cronExpression}' is no cron expression of five fields, such as '*/5 * * * *'`;
    throw appErrors.invalidValue(`${config.path}.cronExpression`, why);
  }
  return { kind: 'Schedule', cronExpression, ...counts };
}

function atLeast(least: number, fields: Fields, name: string, otherwise: number): number {
  const value = fields.integer(name) ?? otherwise;
  if (value >= least) return value;
  throw appErrors.invalidValue(`${fields.path}.${name}`, `${value} is less than ${least}`);
}

/**
 * What `start` was sent: containers in place of the job's. One without an image has that of the job's
 * container of its name.
 *
 * @returns undefined when nothing was sent
 */
export function parseExecutionTemplate(
  body: JsonObject,
  job: { name: string; template: JobTemplate },
  context: TemplateContext,
): JobTemplate | undefined {
  const fields = new Fields(body, 'template');
  if (!fields.given('containers') && !fields.given('initContainers')) return undefined;
  const named = withImages(body, [...job.template.containers, ...job.template.initContainers]);
  return parsePod(new Fields(named, 'template'), context, job.template.volumes);
}

function withImages(
  body: JsonObject,
  known: readonly { name: string; image: string }[],
): JsonObject {
  return Object.fromEntries(
    Object.entries(body).map(([key, list]): [string, Json] => {
      if (!Array.isArray(list)) return [key, list];
      const filled = list.map((container): Json => {
        if (!isJsonObject(container) || container['image']) return container;
        const same = known.find(({ name }) => name === container['name']);
        return same ? { ...container, image: same.image } : container;
      });
      return [key, filled];
    }),
  );
}
