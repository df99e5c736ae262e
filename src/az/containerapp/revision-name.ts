import { AzError } from '../az-error.js';

/** The app of a revision: what is before the last `--`. @throws AzError for a name without one */
export function appOfRevision(revision: string): string {
  if (revision.toLowerCase() === 'latest') {
    throw new AzError(
      'Please provide a name for your containerapp. Cannot lookup name of containerapp without a full revision name.',
    );
  }
  const at = revision.lastIndexOf('--');
  if (at > 0) return revision.slice(0, at);
  throw new AzError(
    `Could not determine app name from revision name '${revision}'. Please use --name.`,
  );
}
