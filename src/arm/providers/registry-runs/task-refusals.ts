import { TaskError } from '../../../tasks/task-error.js';
import { ArmError } from '../../errors.js';

/** Refusals of the run service are refusals of the resource manager. */
export async function translated<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    throw new ArmError({ status: error.status, code: error.code, message: error.message });
  }
}
