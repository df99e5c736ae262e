/** A request about runs that is refused, in the resource manager's terms. */
export class TaskError extends Error {
  /** e.g. `'RunNotFound'` */
  readonly code: string;
  /** HTTP status, e.g. 404. */
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'TaskError';
    this.status = status;
    this.code = code;
  }
}

export const taskErrors = {
  runNotFound: (runId: string) =>
    new TaskError(404, 'RunNotFound', `The run '${runId}' could not be found.`),
  taskNotFound: (name: string) =>
    new TaskError(404, 'TaskNotFound', `The task '${name}' could not be found.`),
  registryNotFound: (name: string) =>
    new TaskError(404, 'RegistryNotFound', `The registry '${name}' could not be found.`),
  invalidRequest: (why: string) => new TaskError(400, 'InvalidRunRequest', why),
  invalidSource: (why: string) => new TaskError(400, 'InvalidSourceLocation', why),
  notImplemented: (what: string) =>
    new TaskError(501, 'NotImplemented', `${what} is not implemented by Lazurite.`),
} as const;
