import { messageOf } from '../../../base/failure.js';
import { Holder } from '../holder.js';
import type { Machine } from '../machine.js';
import { NO_CABLES, type Connection, type MachineNetwork } from './network.js';

/**
 * The cable between a sandbox and its gateway, the same in each: neither end is seen elsewhere. Azure keeps
 * this range for itself too, so no program expects a neighbour there.
 *
 * @see https://learn.microsoft.com/azure/container-apps/custom-virtual-networks#subnet-address-range-restrictions
 */
const GATEWAY = '100.100.0.1';
const LINK = `link=100.100.0.2/30,${GATEWAY}`;

/** Finds out how sandboxes of a machine can be connected, by connecting one. */
export async function openNetwork(machine: Machine): Promise<MachineNetwork> {
  if (!machine.ownNetwork) return NO_CABLES;
  const refusal = await tryLink(machine);
  const link = refusal === undefined;
  return {
    info: {
      ...(link && { gateway: GATEWAY }),
      egress: 'none',
      reason: link ? 'sandboxes reach Lazurite only' : `no link can be made (${refusal})`,
    },
    connect: () => Promise.resolve(connectionBy(link ? [LINK] : [])),
    close: () => Promise.resolve(),
  };
}

function connectionBy(cables: readonly string[]): Connection {
  return { cables, attach: () => Promise.resolve(), release: () => Promise.resolve() };
}

/** @returns why the kernel refuses, e.g. `'make link: EOPNOTSUPP'` without its veth module */
async function tryLink({ cell, userNamespace }: Machine): Promise<string | undefined> {
  try {
    const holder = await Holder.start({ cell, hostname: 'trial', userNamespace, cables: [LINK] });
    await holder.close();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
