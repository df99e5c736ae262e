import type { Field, NodeReader } from './node-reader.js';
import type { StepAction, StepOptions, TaskVolume, VolumeMount } from './task.js';

const KINDS = ['build', 'push', 'cmd'] as const;
const FIELDS = [
  ...KINDS,
  ...['cache', 'detach', 'disableWorkingDirectoryOverride', 'entryPoint', 'env', 'expose', 'id'],
  ...['ignoreErrors', 'isolation', 'keep', 'network', 'ports', 'privileged', 'pull', 'repeat'],
  ...['retries', 'retryDelay', 'startDelay', 'timeout', 'user', 'volumeMounts', 'when'],
  ...['workingDirectory'],
];
/** Eight hours, the longest that a run takes. */
const MAX_SECONDS = 28_800;
const MAX_TIMES = 1_000;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** What the task gives to each of its steps. */
export interface StepDefaults {
  index: number;
  timeout: number;
  workingDirectory: string | undefined;
  env: readonly string[];
  network: string | undefined;
  networks: readonly string[];
  volumes: readonly TaskVolume[];
}

/** A step before its place among the others is known. */
export type DraftStep = Omit<StepOptions, 'after'> &
  StepAction & {
    idOffset: number;
    /** As written; undefined waits for the step before. */
    when: { id: string; offset: number }[] | undefined;
  };

export function parseStep(reader: NodeReader, item: Field, defaults: StepDefaults): DraftStep {
  const fields = reader.fields(item.node, item.offset, FIELDS, 'a step');
  const kinds = [...fields.keys()].flatMap((name) => KINDS.find((kind) => kind === name) ?? []);
  const [kind, second] = kinds;
  if (kind === undefined) {
    return reader.fail(item.offset, 'a step needs one of: build, push, cmd');
  }
  if (second !== undefined) {
    const place = fields.get(second)?.offset ?? item.offset;
    return reader.fail(
      place,
      `a step is one of build, push and cmd, not '${kind}' and '${second}'`,
    );
  }
  const options = stepOptions(reader, fields, item, defaults);
  const field = fields.get(kind);
  if (kind === 'push') {
    const images = reader.list(field);
    if (images.length === 0) return reader.fail(field?.offset ?? 0, "'push' names no image");
    return { ...options, kind, images };
  }
  const text = reader.text(field) ?? '';
  if (text.trim() === '') return reader.fail(field?.offset ?? 0, `'${kind}' is empty`);
  if (kind === 'cmd') return { ...options, kind, cmd: text };
  const cache = reader.text(fields.get('cache'));
  return { ...options, kind, build: text, ...(cache !== undefined && { cache }) };
}

function stepOptions(
  reader: NodeReader,
  fields: ReadonlyMap<string, Field>,
  item: Field,
  defaults: StepDefaults,
): Omit<StepOptions, 'after'> & Pick<DraftStep, 'when' | 'idOffset'> {
  const seconds = (name: string, fallback: number): number =>
    reader.number(fields.get(name), fallback, MAX_SECONDS);
  const times = (name: string): number => reader.number(fields.get(name), 0, MAX_TIMES);
  const flag = (name: string): boolean => reader.flag(fields.get(name));
  const texts = optionalTexts(reader, fields, defaults);
  return {
    ...stepId(reader, fields, item, defaults.index),
    when: fields.has('when') ? whenOf(reader, fields.get('when')) : undefined,
    line: reader.line(item.offset),
    timeout: seconds('timeout', defaults.timeout),
    env: [...defaults.env, ...environment(reader, fields.get('env'))],
    startDelay: seconds('startDelay', 0),
    retries: times('retries'),
    retryDelay: seconds('retryDelay', 0),
    repeat: times('repeat'),
    ignoreErrors: flag('ignoreErrors'),
    detach: flag('detach'),
    keep: flag('keep'),
    privileged: flag('privileged'),
    pull: flag('pull'),
    disableWorkingDirectoryOverride: flag('disableWorkingDirectoryOverride'),
    ports: reader.list(fields.get('ports')),
    expose: reader.list(fields.get('expose')),
    volumeMounts: volumeMounts(reader, fields.get('volumeMounts'), defaults.volumes),
    ...texts,
  };
}

function optionalTexts(
  reader: NodeReader,
  fields: ReadonlyMap<string, Field>,
  defaults: StepDefaults,
): Pick<StepOptions, 'workingDirectory' | 'entryPoint' | 'user' | 'network' | 'isolation'> {
  const workingDirectory = reader.text(fields.get('workingDirectory')) ?? defaults.workingDirectory;
  const entryPoint = reader.text(fields.get('entryPoint'));
  const user = reader.text(fields.get('user'));
  const isolation = reader.text(fields.get('isolation'));
  const networkField = fields.get('network');
  const network = reader.text(networkField) ?? defaults.network;
  if (networkField !== undefined && network !== undefined && !defaults.networks.includes(network)) {
    reader.fail(networkField.offset, `the task has no network '${network}'`);
  }
  return {
    ...(workingDirectory !== undefined && { workingDirectory }),
    ...(entryPoint !== undefined && { entryPoint }),
    ...(user !== undefined && { user }),
    ...(isolation !== undefined && { isolation }),
    ...(network !== undefined && { network }),
  };
}

function stepId(
  reader: NodeReader,
  fields: ReadonlyMap<string, Field>,
  item: Field,
  index: number,
): { id: string; idOffset: number } {
  const field = fields.get('id');
  if (field === undefined) return { id: `acb_step_${index}`, idOffset: item.offset };
  const id = reader.text(field) ?? '';
  if (ID.test(id)) return { id, idOffset: field.offset };
  return reader.fail(
    field.offset,
    `'${id}' is no step id: it is a host name too, so letters, digits, '-', '_' and '.', at most 63`,
  );
}

/** `['-']` starts at once. */
function whenOf(reader: NodeReader, field: Field | undefined): { id: string; offset: number }[] {
  const items = reader.items(field);
  const named = items.map((item) => ({ id: reader.text(item) ?? '', offset: item.offset }));
  const dash = named.find(({ id }) => id === '-');
  if (dash === undefined) return named;
  if (named.length > 1)
    reader.fail(dash.offset, "'-' starts at once, so it stands alone in 'when'");
  return [];
}

export function environment(reader: NodeReader, field: Field | undefined): string[] {
  return reader.items(field).map((item) => {
    const text = reader.text(item) ?? '';
    if (/^[^=\0\s]+=/.test(text)) return text;
    return reader.fail(item.offset, `'${text}' in 'env' is not of the form NAME=value`);
  });
}

function volumeMounts(
  reader: NodeReader,
  field: Field | undefined,
  volumes: readonly TaskVolume[],
): VolumeMount[] {
  return reader.items(field).map((item) => {
    const what = "an item of 'volumeMounts'";
    const fields = reader.fields(item.node, item.offset, ['name', 'mountPath'], what);
    const name = reader.text(fields.get('name')) ?? '';
    const mountPath = reader.text(fields.get('mountPath')) ?? '';
    if (!volumes.some((volume) => volume.name === name)) {
      reader.fail(item.offset, `the task has no volume '${name}'`);
    }
    if (!mountPath.startsWith('/') || mountPath === '/') {
      reader.fail(item.offset, `'mountPath' is not an absolute path below '/': '${mountPath}'`);
    }
    return { name, mountPath };
  });
}
