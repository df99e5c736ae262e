import { posix } from 'node:path';

/** A path that a file names, from where the file is: `('deploy/compose.yaml', './web')` is `'deploy/web'`. */
export function joinPath(from: string, relative: string): string {
  const portable = relative.replaceAll('\\', '/');
  if (posix.isAbsolute(portable)) return posix.normalize(portable);
  return posix.normalize(posix.join(posix.dirname(from.replaceAll('\\', '/')), portable));
}
