import { Failure } from '../../base/failure.js';

/** Docker 19.03 (2019); what Podman 3 and later answer to as well. */
const OLDEST = '1.40';
/** The newest that the requests here were written for. */
const NEWEST = '1.51';

/**
 * The Engine API version that both sides speak: the engine's newest, but none newer than ours.
 *
 * @param engine what `GET /version` says, e.g. `{ newest: '1.41', oldest: '1.24' }`
 * @throws Failure when there is none
 * @see https://docs.docker.com/reference/api/engine/#api-version-matrix
 */
export function negotiateVersion(engine: { newest: string; oldest: string }, name: string): string {
  const version = compareVersions(engine.newest, NEWEST) < 0 ? engine.newest : NEWEST;
  if (compareVersions(version, OLDEST) >= 0 && compareVersions(version, engine.oldest) >= 0) {
    return version;
  }
  const range = `${engine.oldest} to ${engine.newest}`;
  throw new Failure(`${name} speaks no Engine API version that Lazurite speaks`, {
    why: `it speaks ${range}, Lazurite ${OLDEST} to ${NEWEST}`,
    help: 'use Docker 19.03 or later, or Podman 3 or later',
  });
}

/** Negative when `left` is older. Anything that is no version counts as the oldest of all. */
function compareVersions(left: string, right: string): number {
  const [[leftMajor, leftMinor], [rightMajor, rightMinor]] = [numbers(left), numbers(right)];
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

function numbers(version: string): [number, number] {
  const match = /^(\d{1,4})\.(\d{1,4})$/.exec(version);
  return match ? [Number(match[1]), Number(match[2])] : [0, 0];
}
