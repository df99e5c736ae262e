import type { NetworkInfo } from '../../runtime.js';

/** How one sandbox is connected. */
export interface Connection {
  /** For the helper that makes the sandbox's network. */
  cables: readonly string[];
  /** Called once that stands. */
  attach(holderPid: number): Promise<void>;
  /** Called once it is gone; safe to call twice. */
  release(): Promise<void>;
}

/** How sandboxes of a machine are connected. */
export interface MachineNetwork {
  readonly info: NetworkInfo;
  connect(): Connection;
  /** Removes what is left on the host; every sandbox is gone. */
  close(): Promise<void>;
}

const NOTHING: Connection = {
  cables: [],
  attach: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

/** No cable at all: sandboxes on the host's network, or for a trial. */
export const NO_CABLES: MachineNetwork = {
  info: { egress: 'host', reason: "containers are on this machine's own network" },
  connect: () => NOTHING,
  close: () => Promise.resolve(),
};
