/** Whose container it is: a hash of the runtime's state directory. */
export const HOME_LABEL = 'dev.lazurite.home';
/** Which run of Lazurite made it: what outlives a run is removed, what the next has made is not. */
export const RUN_LABEL = 'dev.lazurite.run';
/** Which replica it belongs to, e.g. `'ca-labacr--0000001-6b6dfb69dd-mshd8'`. */
export const SANDBOX_LABEL = 'dev.lazurite.sandbox';
/** Its name in the replica; the relay has none. */
export const CONTAINER_LABEL = 'dev.lazurite.container';
