/** A replica that wants a port of this machine. */
export interface LeaseHolder {
  appKey: string;
  /** Of the replica; what is woken when the port is free. */
  replicaKey: string;
  /** Shown to people, e.g. `'replica ca--0000001-…'`. */
  label: string;
  /** Whether it still may take the port from an older replica of its app: not after it failed with it. */
  mayEvict: boolean;
  /** Stops the holder's programs and lets go of the port; it will ask again when woken. */
  yieldTo: (by: LeaseHolder) => void;
  wake: () => void;
}

/**
 * Who may listen on which port where replicas share this machine's network. Within an app a newer replica
 * takes the port from an older one; when it fails, it gives the port back.
 */
export class PortLeases {
  readonly #holders = new Map<number, LeaseHolder>();
  readonly #waiting = new Map<number, LeaseHolder[]>();

  /** @returns the one that stands in the way and whether it is about to go, or undefined when the port is the asker's */
  acquire(
    port: number,
    asker: LeaseHolder,
  ): { holder: LeaseHolder; yielding: boolean } | undefined {
    const holder = this.#holders.get(port);
    if (holder === undefined || holder.replicaKey === asker.replicaKey) {
      this.#holders.set(port, asker);
      this.#forget(port, asker);
      return undefined;
    }
    this.#await(port, asker);
    const yielding = holder.appKey === asker.appKey && asker.mayEvict;
    if (yielding) holder.yieldTo(asker);
    return { holder, yielding };
  }

  /** Lets go and wakes whoever waits, the newest first. */
  release(port: number, replicaKey: string): void {
    if (this.#holders.get(port)?.replicaKey === replicaKey) this.#holders.delete(port);
    this.#waiting.set(
      port,
      (this.#waiting.get(port) ?? []).filter((one) => one.replicaKey !== replicaKey),
    );
    if (this.#holders.has(port)) return;
    for (const one of [...(this.#waiting.get(port) ?? [])].reverse()) one.wake();
  }

  #await(port: number, asker: LeaseHolder): void {
    this.#forget(port, asker);
    this.#waiting.set(port, [...(this.#waiting.get(port) ?? []), asker]);
  }

  #forget(port: number, asker: LeaseHolder): void {
    const others = this.#waiting.get(port)?.filter((one) => one.replicaKey !== asker.replicaKey);
    if (others) this.#waiting.set(port, others);
  }
}
