/** Where the programs of a sandbox find Lazurite. */
export const GATEWAY_ADDRESS = '100.100.0.1';

/** What Lazurite sees those programs as. */
export const SANDBOX_ADDRESS = '100.100.0.2';

/**
 * The cable between a sandbox and its gateway, as the native helpers take it: the same in each sandbox, for
 * neither end is seen elsewhere. Azure keeps this range for itself too, so no program expects a neighbour there.
 *
 * @see https://learn.microsoft.com/azure/container-apps/custom-virtual-networks#subnet-address-range-restrictions
 */
export const GATEWAY_LINK = `${SANDBOX_ADDRESS}/30,${GATEWAY_ADDRESS}`;
