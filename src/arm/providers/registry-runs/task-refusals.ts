import { TaskError } from '../../../tasks/task-error.js';
import { ArmError } from '../../errors.js';

/** Refusals of the run service are refusals of the resource manager. */
export async function translated<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw armErrorOf(error);
  }
}

/** The same for what is done at once. */
export function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw armErrorOf(error);
  }
}

function armErrorOf(error: unknown): unknown {
  if (!(error instanceof TaskError)) return error;
  return new ArmError({ status: error.status, code: error.code, message: error.message });
}
