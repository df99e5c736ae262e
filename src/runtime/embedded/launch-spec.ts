import type { ContainerSpec, IsolationLevel } from '../runtime.js';
import type { OciEngine } from './oci-engine.js';
import type { Rootfs } from './rootfs.js';
import type { RootfsView } from './rootfs-view.js';
import type { ResolvedUser } from './user.js';

/** Everything known about one container before it starts. */
export interface Launch {
  level: IsolationLevel;
  engine?: OciEngine;
  userNamespace: boolean;
  /** The holder whose network is shared; none on the host's network. */
  holderPid?: number;
  hostname: string;
  /** `/etc/hosts` and its like, by path. */
  files: ReadonlyMap<string, string>;
  spec: ContainerSpec;
  rootfs: Rootfs;
  view: RootfsView;
  user: ResolvedUser;
  env: Record<string, string>;
  /** The container's own folder. */
  directory: string;
  cgroupFiles: string[];
  /** Removed by the helper when Lazurite is gone. */
  cgroupFolders: string[];
  ociCgroup: string;
}
