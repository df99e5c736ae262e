import { formatRange, type AddressRange } from './address-range.js';
import type { MachineStep } from './machine-changes.js';
import { runTool } from './tool.js';

/** Rules that lead what leaves a bridge out into the world, under this machine's address. */
export interface FirewallRules {
  /** e.g. `'nft 1.0.6'` */
  name: string;
  steps: MachineStep[];
}

/**
 * @param bridge e.g. `'lzr1f0c2a9b'`; it also tells our rules from others'
 * @throws Error when neither nft nor iptables is installed
 */
export async function firewallRules(bridge: string, range: AddressRange): Promise<FirewallRules> {
  const nft = await versionOf('nft');
  const dropping = await dropsForwarded();
  if (nft !== undefined) {
    const through = dropping ? letThrough(bridge) : [];
    return { name: `nft ${nft}`, steps: [ownTable(bridge, range), ...through] };
  }
  const iptables = await versionOf('iptables');
  if (iptables === undefined) throw new Error('neither nft nor iptables is installed');
  const source = ['-s', formatRange(range), '!', '-o', bridge];
  const steps = [
    rule('nat', 'POSTROUTING', [...source, ...mark(bridge), '-j', 'MASQUERADE']),
    rule('filter', 'FORWARD', ['-i', bridge, '-o', bridge, ...mark(bridge), '-j', 'DROP']),
    ...(dropping ? letThrough(bridge) : []),
  ];
  return { name: `iptables ${iptables}`, steps };
}

/** A table of our own: nothing of anybody else is touched, and one command takes it away. */
function ownTable(bridge: string, range: AddressRange): MachineStep {
  const lines = [
    `table ip ${bridge} {`,
    'chain outside {',
    'type nat hook postrouting priority srcnat; policy accept;',
    `ip saddr ${formatRange(range)} oifname != "${bridge}" masquerade`,
    '}',
    'chain between {',
    'type filter hook forward priority filter; policy accept;',
    `iifname "${bridge}" oifname "${bridge}" drop`,
    `iifname "${bridge}" ip saddr != ${formatRange(range)} drop`,
    '}',
    '}',
  ];
  return {
    change: ['nft', `${lines.join('\n')}\n`],
    undo: ['nft', 'delete', 'table', 'ip', bridge],
  };
}

/** Docker, for one, sets this policy: whoever forwards must be let through by a rule. */
async function dropsForwarded(): Promise<boolean> {
  try {
    return (await runTool('iptables', ['-w', '-S', 'FORWARD'])).startsWith('-P FORWARD DROP');
  } catch {
    return false; // no iptables: then nobody set its policy either
  }
}

function letThrough(bridge: string): MachineStep[] {
  const accept = [...mark(bridge), '-j', 'ACCEPT'];
  const answers = ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'];
  return [
    rule('filter', 'FORWARD', ['-i', bridge, '!', '-o', bridge, ...accept]),
    rule('filter', 'FORWARD', ['-o', bridge, ...answers, ...accept]),
  ];
}

/** Before the rules of others, which may end a packet's way. */
function rule(table: string, chain: string, words: readonly string[]): MachineStep {
  const iptables = ['iptables', '-w', '-t', table];
  return {
    change: [...iptables, '-I', chain, ...words],
    undo: [...iptables, '-D', chain, ...words],
  };
}

function mark(bridge: string): string[] {
  return ['-m', 'comment', '--comment', bridge];
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    return /v(\d[\w.]*)/.exec(await runTool(program, ['--version']))?.[1] ?? '';
  } catch {
    return undefined; // not installed, or not for this user
  }
}
