/** One step of a document: what a person types, and what must be seen. */
export interface SeedStep {
  /** As in the list of steps, e.g. `'B13'`. */
  id: string;
  title: string;
  /** The programs that are judged, e.g. `['az', 'docker']`. */
  clients: readonly Client[];
  /** What the document takes for granted; it must succeed. */
  before?: string;
  /** As the document has it, but for names of the reader's own. */
  command: string;
  /** 0 unless told otherwise; `'refused'` is anything else. */
  exit?: 'refused';
  see: readonly (RegExp | string)[];
  never?: readonly (RegExp | string)[];
  /** Asked again until it is seen: what Azure does in its own time. */
  within?: number;
  /** Why the command is not to the letter the document's. */
  deviation?: string;
}

export type Client = 'az' | 'docker' | 'docker buildx' | 'lazurite' | 'curl' | 'bash' | 'ctr';

/** A document with the steps in its own order, run in one shell. */
export interface SeedDocument {
  title: string;
  steps: readonly SeedStep[];
}
