/** One thing that a pasted text holds. */
export interface Observation {
  /** Where, e.g. `'line 12'` or `'line 1, [3].properties.statusMessage.error'`. */
  where: string;
  /** The message, or the line as it is. */
  text: string;
  /** Code of an error, or reason of a row. */
  code?: string;
  /** Only of rows of the system log: its fields by the names that the log stream gives them. */
  row?: Readonly<Record<string, string>>;
  /** e.g. `'ca-shop--0000002'`; absent where it is about no revision, or about all. */
  revision?: string;
}

/** `'ImagePullFailed: Failed to pull image: …'` on one line. */
export function describeObservation({ code, text }: Observation): string {
  const said = text.replace(/\s+/g, ' ').trim();
  return code === undefined || said.startsWith(code) ? said : `${code}: ${said}`;
}
