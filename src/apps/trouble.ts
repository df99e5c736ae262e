import type { PullFailure, RegistryAccess } from './image-pull.js';
import type { PullFacts } from './registry-facts.js';

/** Why a revision does not serve, for a person. */
export interface Diagnosis {
  /** One sentence. */
  cause: string;
  /** What was seen: rows of the system log, answers of the registry, ports. */
  evidence: string[];
  /** The command that helps. */
  fix: string;
}

/** A pull that failed, with what was found out about it. */
export interface PullTrouble extends PullFacts {
  kind: 'pull';
  image: string;
  failure: PullFailure;
  access: RegistryAccess;
}

/** What the last try of a container ended in. */
export type Trouble =
  | PullTrouble
  /** `machine` is what the program is really for, e.g. `'linux/arm64'`. */
  | { kind: 'start'; reason: string; message: string; image: string; machine?: string }
  | { kind: 'exit'; code: number; outOfMemory: boolean; memory: string; lastLines: string[] }
  | { kind: 'probe'; probe: string; message: string; restarted: boolean }
  | { kind: 'port'; targetPort: number; listening: readonly number[] }
  | { kind: 'port-in-use'; targetPort: number; holder: string };

/** What the trouble is of. */
export interface Subject {
  app: string;
  resourceGroup: string;
  container: string;
  /** e.g. `'linux/amd64'` */
  platform: string;
}
