import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { formatReference, parseReference } from '../../oci/reference.js';
import { Failure } from '../../base/failure.js';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
export const REF_NAME = 'org.opencontainers.image.ref.name';
/** The full name, as containerd and docker write it. */
export const CONTAINERD_NAME = 'io.containerd.image.name';

/** What is asked for in a layout: one of the two, or nothing for the only image there is. */
export interface LayoutChoice {
  name?: string | undefined;
  digest?: Digest | undefined;
}

/**
 * Picks an entry of `index.json`.
 *
 * @throws Failure naming what there is to choose from
 */
export function chooseEntry(
  entries: readonly Descriptor[],
  { name, digest }: LayoutChoice,
  text: string,
): Descriptor {
  const named = entries.filter((entry) => namesOf(entry).length > 0);
  let found: Descriptor | undefined;
  if (digest !== undefined) found = entries.find((entry) => entry.digest === digest);
  else if (name !== undefined) found = entries.find((entry) => namesOf(entry).some(sameAs(name)));
  else if (entries.length === 1) found = entries[0];
  else if (named.length === 1) found = named[0];
  if (found !== undefined) return found;
  const asked = digest ?? name;
  throw new Failure(
    asked === undefined
      ? `${text} holds ${entries.length} images`
      : `${text} has no image ${asked}`,
    { why: `there are: ${listNames(entries)}`, help: 'name one of them' },
  );
}

/** The entries after an image took the names; the one that had them loses its place. */
export function withEntry(
  entries: readonly Descriptor[],
  added: Descriptor,
  names: Readonly<Record<string, string>>,
): Descriptor[] {
  const wanted = Object.entries(names);
  if (wanted.length === 0) {
    return entries.some(({ digest }) => digest === added.digest)
      ? [...entries]
      : [...entries, added];
  }
  const others = entries.filter((entry) => {
    const hasNames = wanted.every(([key, value]) => entry.annotations?.[key] === value);
    return !hasNames && (entry.digest !== added.digest || namesOf(entry).length > 0);
  });
  return [...others, { ...added, annotations: { ...added.annotations, ...names } }];
}

function namesOf({ annotations }: Descriptor): string[] {
  return [REF_NAME, CONTAINERD_NAME]
    .map((key) => annotations?.[key])
    .filter((name) => name !== undefined);
}

/** `v1` is `v1`; `app:v1` is also `docker.io/library/app:v1`. */
function sameAs(wanted: string): (name: string) => boolean {
  const full = (name: string): string => {
    const reference = parseReference(name);
    return reference === undefined ? name : formatReference(reference);
  };
  return (name) => name === wanted || (/[/:]/.test(name) && full(name) === full(wanted));
}

const MAX_NAMES_SHOWN = 20;

function listNames(entries: readonly Descriptor[]): string {
  if (entries.length === 0) return 'none';
  const names = entries.map((entry) => namesOf(entry)[0] ?? `@${entry.digest}`);
  const more = names.length - MAX_NAMES_SHOWN;
  return names.slice(0, MAX_NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
