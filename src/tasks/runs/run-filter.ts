import { taskErrors } from '../task-error.js';
import type { Run } from './run-record.js';

const EQUALITY = /^(\w+)\s+(eq|ne)\s+'([^']*)'$/i;
const CONTAINS = /^contains\(\s*OutputImageManifests\s*,\s*'([^']*)'\s*\)$/i;

const FIELDS: Readonly<Record<string, (run: Run) => string | undefined>> = {
  runid: (run) => run.runId,
  status: (run) => run.status,
  runtype: (run) => run.runType,
  taskname: (run) => run.task,
};

/**
 * Reads the `$filter` of a list: clauses joined by `and`, each `Field eq 'value'` or
 * `contains(OutputImageManifests,'repo@sha256:…')`.
 *
 * @throws TaskError 400 for anything else
 */
export function parseRunFilter(text: string): (run: Run) => boolean {
  const clauses = text.split(/\s+and\s+/i).filter((clause) => clause.trim() !== '');
  const tests = clauses.map((clause) => parseClause(clause.trim()));
  return (run) => tests.every((test) => test(run));
}

function parseClause(clause: string): (run: Run) => boolean {
  const manifest = CONTAINS.exec(clause)?.[1];
  if (manifest !== undefined) {
    return (run) =>
      run.outputImages.some(({ repository, digest }) => `${repository}@${digest}` === manifest);
  }
  const [, name = '', operator = '', value = ''] = EQUALITY.exec(clause) ?? [];
  const field = FIELDS[name.toLowerCase()];
  if (field === undefined) {
    throw taskErrors.invalidRequest(
      `The filter '${clause}' is not one that runs can be listed by.`,
    );
  }
  const wanted = operator.toLowerCase() === 'eq';
  return (run) => (field(run)?.toLowerCase() === value.toLowerCase()) === wanted;
}
