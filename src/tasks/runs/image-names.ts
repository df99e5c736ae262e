import { parseReference, type Reference } from '../../oci/reference.js';
import { taskErrors } from '../task-error.js';

export interface NamingRun {
  runId: string;
  registryName: string;
  loginServer: string;
  os: string;
  architecture: string;
  now: Date;
  taskName?: string | undefined;
  /** Of a git source, known once it is fetched. */
  commit?: string | undefined;
  branch?: string | undefined;
}

/** What `{{.Run.…}}` stands for. @see https://aka.ms/acr/tasks#run-variables */
export function runValues(run: NamingRun): Readonly<Record<string, string>> {
  const date = run.now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return {
    ID: run.runId,
    SharedVolume: '/workspace',
    Registry: run.loginServer,
    RegistryName: run.registryName,
    Date: `${date}z`,
    OS: run.os,
    Architecture: run.architecture,
    Commit: run.commit ?? '',
    Branch: run.branch ?? '',
    TaskName: run.taskName ?? 'quicktask',
  };
}

/**
 * The full reference of an image name of a run: `app:{{.Run.ID}}` becomes
 * `localhost:5001/app:ca1`.
 *
 * @throws TaskError 400 when the result is no reference, or one of another registry
 */
export function imageReference(name: string, run: NamingRun): Reference {
  const values = runValues(run);
  const text = name.replaceAll(/\{\{\s*\.Run\.(\w+)\s*\}\}/g, (whole, field: string) =>
    Object.hasOwn(values, field) ? (values[field] ?? whole) : whole,
  );
  const prefixed = text.startsWith(`${run.loginServer}/`) ? text : `${run.loginServer}/${text}`;
  const reference = parseReference(prefixed);
  if (reference === undefined || reference.digest !== undefined) {
    throw taskErrors.invalidRequest(
      `The image name '${name}' is not valid. It must be like 'team/app:v1', in lower case.`,
    );
  }
  return reference;
}
