import { createHash } from 'node:crypto';
import { messageOf } from '../../../base/failure.js';
import { GATEWAY_ADDRESS, GATEWAY_LINK } from '../../gateway-link.js';
import type { NetworkInfo } from '../../runtime.js';
import { Holder } from '../holder.js';
import type { Machine } from '../machine.js';
import { formatRange, type AddressRange } from './address-range.js';
import { carriedBy, CARRIERS, refusalOf } from './carrier.js';
import { chooseRange } from './choose-range.js';
import { Nat } from './nat.js';
import { NO_CABLES, type Connection, type MachineNetwork } from './network.js';

const LINK = `link=${GATEWAY_LINK}`;

/** One way out for every sandbox. */
interface WayOut {
  info: Pick<NetworkInfo, 'egress' | 'reason'>;
  connect(): Connection;
  close(): Promise<void>;
}

/**
 * Finds out how sandboxes of a machine can be connected, by connecting one.
 *
 * @param wanted addresses for ways out, e.g. `'10.50.0.0/20'`; `'none'` for no way out; a free range otherwise
 * @throws Failure for a range that is none or is in use
 */
export async function openNetwork(machine: Machine, wanted?: string): Promise<MachineNetwork> {
  await Nat.clear(machine.stateDirectory);
  if (!machine.ownNetwork) return NO_CABLES;
  const refusal = await tryConnection(machine, connectionBy([LINK]));
  const link = refusal === undefined ? [LINK] : [];
  const way =
    wanted === 'none'
      ? closedWay('it was not asked for')
      : await findWayOut(machine, chooseRange(wanted));
  const { egress, reason } = way.info;
  return {
    info: {
      ...(refusal === undefined && { gateway: GATEWAY_ADDRESS }),
      egress,
      reason: refusal === undefined ? reason : `${reason}; no gateway: ${refusal}`,
    },
    connect: () => {
      const connection = way.connect();
      return { ...connection, cables: [...link, ...connection.cables] };
    },
    close: () => way.close(),
  };
}

/** The kernel first, for it needs no further process; then the programs that need no root. */
async function findWayOut(machine: Machine, range: AddressRange): Promise<WayOut> {
  const refusals: string[] = [];
  try {
    return await tryNat(machine, range);
  } catch (error) {
    refusals.push(`nat: ${messageOf(error)}`);
  }
  for (const carrier of CARRIERS) {
    const connect = (): Connection => carriedBy(carrier, machine.cell, range);
    const refusal = (await refusalOf(carrier)) ?? (await tryConnection(machine, connect()));
    if (refusal === undefined) {
      const info = { egress: carrier.way, reason: `${formatRange(range)} in each sandbox` };
      return { info, connect, close: () => Promise.resolve() };
    }
    refusals.push(`${carrier.way}: ${refusal}`);
  }
  return closedWay(refusals.join('; '));
}

async function tryNat(machine: Machine, range: AddressRange): Promise<WayOut> {
  const key = createHash('sha256').update(machine.stateDirectory).digest('hex').slice(0, 8);
  const nat = await Nat.open({ ...machine, key, range });
  const refusal = await tryConnection(machine, nat.connect());
  if (refusal === undefined) {
    const info = { egress: 'nat' as const, reason: nat.reason };
    return { info, connect: () => nat.connect(), close: () => nat.close() };
  }
  await nat.close();
  throw new Error(refusal);
}

function closedWay(reason: string): WayOut {
  return {
    info: { egress: 'none', reason },
    connect: () => connectionBy([]),
    close: () => Promise.resolve(),
  };
}

function connectionBy(cables: readonly string[]): Connection {
  return { cables, attach: () => Promise.resolve(), release: () => Promise.resolve() };
}

/** @returns what went wrong, e.g. `'make link: EOPNOTSUPP'` without the kernel's veth module */
async function tryConnection(
  { cell, userNamespace }: Machine,
  connection: Connection,
): Promise<string | undefined> {
  const { cables } = connection;
  let holder: Holder | undefined;
  try {
    holder = await Holder.start({ cell, hostname: 'trial', userNamespace, cables });
    await connection.attach(holder.pid);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await connection.release();
    await holder?.close();
  }
}
