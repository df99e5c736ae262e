import { setFlagsFromString } from 'node:v8';

// SQLite is compiled once and quickly. Optimising its hot functions again would cost 20 to 30 MiB and a
// good deal of processor time at the start, for reads that are a fifth faster: the hot ones are cached
// above the store anyway. Imported before SQLite, for its effect alone.
setFlagsFromString('--liftoff-only');
