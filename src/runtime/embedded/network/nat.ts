import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  addressIn,
  defaultLinks,
  formatRange,
  roomIn,
  type AddressRange,
} from './address-range.js';
import { firewallRules } from './firewall.js';
import { MachineChanges, type MachineStep } from './machine-changes.js';
import type { Connection } from './network.js';
import { runTool } from './tool.js';

const BRIDGES = 'lzr';
const SHELL = '/bin/sh';

export interface NatOptions {
  cell: string;
  stateDirectory: string;
  /** Tells this state directory's links from others', 8 hexadecimal digits. */
  key: string;
  range: AddressRange;
}

/**
 * The way out through this machine's kernel: a bridge, one cable to it from each sandbox, and address
 * translation.
 */
export class Nat {
  readonly reason: string;
  readonly #options: NatOptions;
  readonly #changes: MachineChanges;
  readonly #taken = new Set<number>();
  /** Counts them, so that no name is used twice. */
  #ports = 0;

  private constructor(options: NatOptions, firewall: string, changes: MachineChanges) {
    this.#options = options;
    this.#changes = changes;
    this.reason = `${firewall}: ${formatRange(options.range)} on bridge ${bridgeOf(options)}`;
  }

  /** @throws Error that says what is missing; nothing is left behind then */
  static async open(options: NatOptions): Promise<Nat> {
    if (process.geteuid?.() !== 0) throw new Error('only root may make links');
    const { cell, range, stateDirectory } = options;
    const bridge = bridgeOf(options);
    const { name, steps } = await firewallRules(bridge, range);
    const link: MachineStep = {
      change: [cell, 'bridge', bridge, `${addressIn(range, 1)}/${range.bits}`],
      undo: [cell, 'unlink', bridge],
    };
    const ports = `/sys/class/net/${portsOf(options)}`;
    const cables: MachineStep = {
      change: ['true'],
      undo: [SHELL, '-c', `for port in ${ports}*; do '${cell}' unlink "\${port##*/}"; done`],
    };
    const all = [...forwarding(), link, cables, forwardingOf(bridge), ...steps];
    return new Nat(options, name, await MachineChanges.make(scriptIn(stateDirectory), all, cell));
  }

  /** Takes back what an earlier run left. */
  static clear(stateDirectory: string): Promise<void> {
    return MachineChanges.undoEarlier(scriptIn(stateDirectory));
  }

  connect(): Connection {
    const { range, cell } = this.#options;
    let number = 2;
    while (this.#taken.has(number)) number += 1;
    if (number >= roomIn(range) + 2) throw new Error(`${formatRange(range)} has no address left`);
    this.#taken.add(number);
    this.#ports = (this.#ports + 1) % 1_000_000;
    const port = `${portsOf(this.#options)}${this.#ports}`;
    return {
      cables: [
        `uplink=${addressIn(range, number)}/${range.bits},${addressIn(range, 1)}`,
        `bridge=${bridgeOf(this.#options)}`,
        `port=${port}`,
      ],
      attach: () => Promise.resolve(),
      // With its sandbox it would go only once the kernel has given up the last connection there.
      release: async () => {
        await runTool(cell, ['unlink', port]);
        this.#taken.delete(number);
      },
    };
  }

  close(): Promise<void> {
    return this.#changes.undo();
  }
}

function bridgeOf({ key }: NatOptions): string {
  return `${BRIDGES}${key}`;
}

/** Host ends of the sandboxes' cables. */
function portsOf({ key }: NatOptions): string {
  return `lz${key.slice(0, 6)}-`;
}

function scriptIn(stateDirectory: string): string {
  return join(stateDirectory, 'undo-network.sh');
}

/**
 * Answers come in over the links of the default route: these must forward, and no others. They stop again
 * with the last bridge, this one or another Lazurite's.
 */
function forwarding(): MachineStep[] {
  const links = defaultLinks(readFileSync('/proc/net/route', 'utf8'));
  return links
    .filter((link) => readFileSync(switchOf(link), 'utf8').trim() === '0')
    .map((link) => ({
      change: [SHELL, '-c', `echo 1 > ${switchOf(link)}`],
      undo: [SHELL, '-c', `ls -d /sys/class/net/${BRIDGES}* || echo 0 > ${switchOf(link)}`],
    }));
}

/** Goes with the bridge. */
function forwardingOf(bridge: string): MachineStep {
  return { change: [SHELL, '-c', `echo 1 > ${switchOf(bridge)}`], undo: ['true'] };
}

function switchOf(link: string): string {
  return `/proc/sys/net/ipv4/conf/${link}/forwarding`;
}
