import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { IsolationLevel } from '../runtime.js';
import type { Cgroups } from './cgroups.js';
import type { LayerStore } from './layers/layer-store.js';
import type { MachineNetwork } from './network/network.js';
import type { OciEngine } from './oci-engine.js';

/** What this machine lets the runtime do, found out once at start. */
export interface Machine {
  level: IsolationLevel;
  /** Only at level `oci`. */
  engine?: OciEngine;
  /** The helper program. */
  cell: string;
  stateDirectory: string;
  /** Folder of what several processes may use: layers, and what was found out about OCI runtimes. */
  sharedDirectory: string;
  /** Namespaces are made inside a user namespace, as an ordinary user must. */
  userNamespace: boolean;
  /** Whether sandboxes have a network of their own. */
  ownNetwork: boolean;
  /** How they are connected. */
  network: MachineNetwork;
  cgroups: Cgroups;
  layers: LayerStore;
  logger: Logger;
  clock: Clock;
}
