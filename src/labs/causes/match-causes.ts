import { substitute } from '../gates.js';
import { matchSignature } from '../signature.js';
import { factsOf } from './facts.js';
import { describeObservation, type Observation } from './observation.js';
import { readObservations } from './read-observations.js';
import { TELLING_WEIGHT, type Clue, type Symptoms } from './symptoms.js';
import type { Lab } from '../definition.js';

/** Symptoms and where they are from. */
export interface KnownCause {
  /** e.g. `'acr-pull-failure'`: the lab's name, or the cause's own where no lab reproduces it. */
  name: string;
  /** The lab that reproduces it, with the gates that an app which has been created goes through. */
  lab?: Lab;
  symptoms: Symptoms;
}

/** A clue that is there, and what of the pasted text shows it. */
export interface Hit {
  /** e.g. `'the registry does not know the tag'` */
  shows: string;
  /** e.g. `'line 12: ImagePullFailed: Failed to pull image: …'` */
  seen: string;
}

/** A cause that fits what was pasted. */
export interface Match {
  name: string;
  lab?: string;
  /** The revision that it is about, where the text tells. */
  revision?: string;
  /** Weights for it less weights against it. */
  score: number;
  cause: string;
  for: Hit[];
  against: Hit[];
  fix: string;
  confirm?: string;
}

/** Weight of a clue with what it was found in. */
interface Found {
  hits: Hit[];
  weight: number;
  /** Of the heaviest clue. */
  heaviest: number;
  facts: Record<string, string>;
}

const NOTHING: Found = { hits: [], weight: 0, heaviest: 0, facts: {} };
const LONGEST_SEEN = 240;

/**
 * The causes that fit what a person pasted, the likeliest first. Rows of one revision are looked at together,
 * with all that is of no revision; of each cause the revision that shows it best is told.
 */
export function matchCauses(text: string, causes: readonly KnownCause[]): Match[] {
  const observations = readObservations(text);
  const named = observations.flatMap(({ revision }) => revision ?? []);
  const revisions = named.length === 0 ? [undefined] : [...new Set(named)];
  return causes
    .flatMap((cause) => {
      const whole = wholeSignature(cause, text);
      const matches = revisions.flatMap((revision) =>
        matchOne(cause, whole, observations, revision),
      );
      return matches.sort(byScore).slice(0, 1);
    })
    .sort(byScore);
}

const WHOLE_WEIGHT = 5;

/** All that the lab itself goes by is in the text: rows, states and Lazurite's own diagnosis. */
function wholeSignature({ lab }: KnownCause, text: string): Found {
  const gates = lab ? matchSignature(lab, text) : [];
  if (gates.length < 2 || gates.some(({ passed }) => !passed)) return NOTHING;
  const hits = [
    { shows: 'all that the lab shows is here', seen: gates.map(({ actual }) => actual).join('; ') },
  ];
  return { hits, weight: WHOLE_WEIGHT, heaviest: WHOLE_WEIGHT, facts: {} };
}

function matchOne(
  { name, lab, symptoms }: KnownCause,
  whole: Found,
  all: readonly Observation[],
  revision: string | undefined,
): Match[] {
  const observations = all.filter((one) => one.revision === undefined || one.revision === revision);
  const pro = find(symptoms.for, observations);
  if (Math.max(pro.heaviest, whole.heaviest) < TELLING_WEIGHT) return [];
  const contra = find(symptoms.against, observations);
  const score = pro.weight + whole.weight - contra.weight;
  if (score <= 0) return [];
  const facts = { ...factsOf(observations), ...pro.facts };
  const { cause, fix, confirm } = symptoms;
  return [
    {
      name,
      ...(lab !== undefined && { lab: lab.name }),
      ...(revision !== undefined && { revision }),
      score,
      cause: fill(cause, facts),
      for: [...pro.hits, ...whole.hits],
      against: contra.hits,
      fix: fill(fix, facts),
      ...(confirm !== undefined && { confirm: fill(confirm, facts) }),
    },
  ];
}

/** The name breaks ties, so that the same text always gets the same answer. */
function byScore(a: Match, b: Match): number {
  return b.score - a.score || (a.name < b.name ? -1 : 1);
}

function find(clues: readonly Clue[], observations: readonly Observation[]): Found {
  const found: Found = { hits: [], weight: 0, heaviest: 0, facts: {} };
  for (const clue of clues) {
    const hit = firstOf(clue, observations);
    if (!hit) continue;
    found.hits.push({ shows: clue.shows, seen: seenIn(hit.observation) });
    found.weight += clue.weight;
    found.heaviest = Math.max(found.heaviest, clue.weight);
    Object.assign(found.facts, hit.groups);
  }
  return found;
}

function firstOf(
  clue: Clue,
  observations: readonly Observation[],
): { observation: Observation; groups: Record<string, string> } | undefined {
  for (const observation of observations) {
    const groups = agrees(clue, observation);
    if (groups) return { observation, groups };
  }
  return undefined;
}

/** @returns the named groups of its expressions, or undefined where it is not there */
function agrees(clue: Clue, observation: Observation): Record<string, string> | undefined {
  if (clue.text !== undefined) return groupsOf(clue.text, describeObservation(observation));
  const groups: Record<string, string> = {};
  for (const [field, wanted] of Object.entries(clue.row ?? {})) {
    const found = fieldAgrees(field, wanted, observation);
    if (!found) return undefined;
    Object.assign(groups, found);
  }
  return groups;
}

/** A row that was printed as a line, or in a table, has its reason as a word of its own. */
function fieldAgrees(
  field: string,
  wanted: string,
  { row, text }: Observation,
): Record<string, string> | undefined {
  const pattern = /^\/(.*)\/$/s.exec(wanted)?.[1];
  if (row) {
    const value = row[field] ?? '';
    if (pattern !== undefined) return groupsOf(pattern, value);
    return value === wanted ? {} : undefined;
  }
  if (pattern !== undefined) return groupsOf(pattern, text);
  return new RegExp(`(^|[\\s,"'|])${escape(wanted)}($|[\\s,"'|:])`).test(text) ? {} : undefined;
}

function groupsOf(pattern: string, text: string): Record<string, string> | undefined {
  const match = new RegExp(pattern, 'i').exec(text);
  if (!match) return undefined;
  const groups = Object.entries(match.groups ?? {}) as [string, string | undefined][];
  return Object.fromEntries(
    groups.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function seenIn(observation: Observation): string {
  const said = describeObservation(observation);
  const short = said.length <= LONGEST_SEEN ? said : `${said.slice(0, LONGEST_SEEN - 1)}…`;
  return `${observation.where}: ${short}`;
}

/** What the text does not tell stays as a word to replace: `$TAG` becomes `TAG`. */
function fill(text: string, facts: Readonly<Record<string, string>>): string {
  return substitute(text, facts).replace(/\$([A-Z][A-Z_]*)\b/g, '$1');
}
