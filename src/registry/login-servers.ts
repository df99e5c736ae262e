/** Gives registries the addresses their clients type. */
export interface LoginServers {
  /**
   * The registry's login server, e.g. `'localhost:5001'` or `'acrlabacr.azurecr.io'`. Asked again for the
   * same registry, the same one if it is still to be had. Answering requests there is the host's business.
   */
  allocate(registryName: string): Promise<string>;
  release(registryName: string): Promise<void>;
}
