/**
 * Something that may be in what a person pasted. Exactly one of `text` and `row` is there. Named groups of
 * the expressions, e.g. `(?<TAG>\S+)`, fill `$TAG` in cause, fix and confirmation.
 */
export interface Clue {
  /** What it shows, e.g. `'the registry does not know the tag'`. */
  shows: string;
  /** A regular expression on a message. */
  text?: string;
  /** Fields of a row of the system log; a value between slashes is a regular expression. */
  row?: Readonly<Record<string, string>>;
  /** 1 goes with the cause, 3 points to it, 5 tells it from every other. */
  weight: number;
}

/** How a cause looks from outside, and the way out. */
export interface Symptoms {
  /** One sentence without its full stop, e.g. `'the tag $TAG is not in its registry'`. */
  cause: string;
  /** What repairs it: commands, or a sentence. */
  fix: string;
  /** A command whose answer decides. */
  confirm?: string;
  for: readonly Clue[];
  against: readonly Clue[];
}

/** What a clue must weigh, at least, for its cause to be thought of at all. */
export const TELLING_WEIGHT = 3;
