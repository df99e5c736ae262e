import type { JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';

const FORMAT = 'Traffic weights must be in format "<revision>=<weight> <revision2>=<weight2> ..."';

/** One `REVISION=WEIGHT` that was asked for; `latest` stands for the newest revision. */
export interface WantedWeight {
  revision: string;
  weight: number;
}

/** `['app--v1=80', 'latest=20']`. @throws AzError for a word that is not, or a weight beyond 0 to 100 */
export function parseWeights(words: readonly string[]): WantedWeight[] {
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at === -1) throw new AzError(FORMAT);
    return { revision: word.slice(0, at), weight: parseWeight(word.slice(at + 1)) };
  });
}

function parseWeight(text: string): number {
  const weight = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (weight >= 0 && weight <= 100) return weight;
  throw new AzError('Traffic weights must be integers between 0 and 100');
}

/**
 * Turns `LABEL=WEIGHT` into the revisions that bear the labels.
 *
 * @throws AzError naming the labels that no revision bears
 */
export function weightsOfLabels(
  traffic: readonly JsonObject[],
  labels: readonly WantedWeight[],
): WantedWeight[] {
  const found = labels.map(({ revision: label, weight }) => {
    const entry = traffic.find((one) => sameText(textAt(one, 'label'), label));
    return { label, entry, weight };
  });
  const missing = found.filter(({ entry }) => entry === undefined).map(({ label }) => label);
  if (missing.length > 0) {
    throw new AzError(`No labels '${missing.join(', ')}' assigned to any traffic weight.`);
  }
  return found.map(({ entry, weight }) => ({
    revision: textAt(entry, 'revisionName') ?? 'latest',
    weight,
  }));
}

/**
 * Sets the wanted weights, and scales the other revisions' so that all come to 100.
 *
 * @throws AzError when the wanted weights exceed 100
 */
export function splitTraffic(
  traffic: readonly JsonObject[],
  wanted: readonly WantedWeight[],
): JsonObject[] {
  const total = sum(wanted.map(({ weight }) => weight));
  if (total > 100) throw new AzError('Traffic sums may not exceed 100.');
  const entries = traffic.map((entry) => ({ ...entry }));
  let replaced = 0;
  const isWanted = new Set<JsonObject>();
  for (const { revision, weight } of wanted) {
    let entry = entries.find((one) => isOf(one, revision));
    if (entry) replaced += weightOf(entry);
    else entry = addEntry(entries, revision);
    entry['weight'] = weight;
    isWanted.add(entry);
  }
  scaleOthers(entries, isWanted, replaced - total);
  return entries;
}

/** The revisions that are not named share what the named ones leave. */
function scaleOthers(
  entries: readonly JsonObject[],
  isWanted: ReadonlySet<JsonObject>,
  freed: number,
): void {
  const others = entries.filter((entry) => !isWanted.has(entry));
  const divisor = sum(others.map(weightOf));
  if (divisor === 0) return;
  const factor = freed / divisor + 1;
  for (const entry of others) entry['weight'] = roundHalfToEven(factor * weightOf(entry));
  let left = 100 - sum(entries.map(weightOf));
  for (let index = 0; left > 0; index += 1, left -= 1) {
    const entry = entries[index % entries.length];
    if (entry) entry['weight'] = weightOf(entry) + 1;
  }
}

function addEntry(entries: JsonObject[], revision: string): JsonObject {
  const isLatest = revision.toLowerCase() === 'latest';
  const entry: JsonObject = {
    revisionName: isLatest ? null : revision,
    weight: 0,
    latestRevision: isLatest,
  };
  entries.push(entry);
  return entry;
}

/** Whether an entry is of the revision, `latest` being the newest one's. */
export function isOf(entry: JsonObject, revision: string): boolean {
  if (entry['latestRevision'] === true) return revision.toLowerCase() === 'latest';
  return sameText(textAt(entry, 'revisionName'), revision);
}

/**
 * Moves a label to a revision, which gets an entry without weight when it has none.
 *
 * @param options.takenFrom told of the revision that bore the label
 */
export function addLabel(
  traffic: readonly JsonObject[],
  options: { revision: string; label: string },
): { traffic: JsonObject[]; takenFrom: string | undefined } {
  const entries = traffic.map((entry) => ({ ...entry }));
  const bearer = entries.find((entry) => sameText(textAt(entry, 'label'), options.label));
  const takenFrom = bearer && (textAt(bearer, 'revisionName') ?? 'latest');
  if (bearer) bearer['label'] = null;
  const entry =
    entries.find((one) => isOf(one, options.revision)) ?? addEntry(entries, options.revision);
  entry['label'] = options.label;
  return {
    traffic: entries,
    takenFrom: sameText(takenFrom, options.revision) ? undefined : takenFrom,
  };
}

/** @throws AzError when no revision bears the label */
export function removeLabel(traffic: readonly JsonObject[], label: string): JsonObject[] {
  const entries = traffic.map((entry) => ({ ...entry }));
  const bearer = entries.find((entry) => sameText(textAt(entry, 'label'), label));
  if (!bearer) throw new AzError('Please specify a label name with an associated traffic weight.');
  bearer['label'] = null;
  return entries;
}

/** @throws AzError when one of the labels is on no revision */
export function swapLabels(
  traffic: readonly JsonObject[],
  source: string,
  target: string,
): JsonObject[] {
  const entries = traffic.map((entry) => ({ ...entry }));
  const [from, to] = [source, target].map((label) =>
    entries.find((entry) => sameText(textAt(entry, 'label'), label)),
  );
  if (!from && !to) {
    throw new AzError(`Could not find label '${source}' nor label '${target}' in traffic.`);
  }
  if (!from) throw new AzError(`Could not find label '${source}' in traffic.`);
  if (!to) throw new AzError(`Could not find label '${target}' in traffic.`);
  from['label'] = target;
  to['label'] = source;
  return entries;
}

function weightOf(entry: JsonObject): number {
  return typeof entry['weight'] === 'number' ? entry['weight'] : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** As Python's `round`. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function sameText(one: string | undefined, other: string): boolean {
  return one !== undefined && one.toLowerCase() === other.toLowerCase();
}
