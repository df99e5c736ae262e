import type { JsonObject } from '../../base/json.js';
import type { FunctionCall } from '../evaluation-context.js';
import { fixed, functionError, numberAt, stringAt, type FunctionDefinition } from './definition.js';

interface Network {
  address: bigint;
  bits: 32 | 128;
  prefix: number;
}

/** Functions on address ranges. @see https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr */
export const NETWORK_FUNCTIONS: Record<string, FunctionDefinition> = {
  parsecidr: fixed(1, (args, call): JsonObject => {
    const network = parse(stringAt(args, 0, call), call);
    const { bits, prefix } = network;
    const size = 1n << BigInt(bits - prefix);
    const last = network.address + size - 1n;
    const result: JsonObject = {
      network: print(network.address, bits),
      netmask: print((1n << BigInt(bits)) - size, bits),
      broadcast: print(last, bits),
      firstUsable: print(size > 2n ? network.address + 1n : network.address, bits),
      lastUsable: print(bits === 32 && size > 2n ? last - 1n : last, bits),
      cidr: prefix,
    };
    if (bits === 128) delete result['broadcast'];
    return result;
  }),
  cidrsubnet: fixed(3, (args, call) => {
    const network = parse(stringAt(args, 0, call), call);
    const prefix = numberAt(args, 1, call);
    const index = BigInt(numberAt(args, 2, call));
    if (
      prefix < network.prefix ||
      prefix > network.bits ||
      index < 0n ||
      index >= 1n << BigInt(prefix - network.prefix)
    )
      throw functionError(
        call.name,
        `the network has no subnet ${index.toString()} of /${prefix}.`,
      );
    return `${print(network.address + (index << BigInt(network.bits - prefix)), network.bits)}/${prefix}`;
  }),
  cidrhost: fixed(2, (args, call) => {
    const network = parse(stringAt(args, 0, call), call);
    const index = BigInt(numberAt(args, 1, call));
    const size = 1n << BigInt(network.bits - network.prefix);
    if (index < 0n || index + 1n >= size)
      throw functionError(call.name, `the network has no host ${index.toString()}.`);
    return print(network.address + index + 1n, network.bits);
  }),
};

function parse(text: string, call: FunctionCall): Network {
  const [host = '', prefixText = '', ...rest] = text.split('/');
  const bits = host.includes(':') ? 128 : 32;
  const address = bits === 32 ? parseV4(host) : parseV6(host);
  const prefix = Number(prefixText);
  if (address === undefined || rest.length > 0 || !/^\d+$/.test(prefixText) || prefix > bits)
    throw functionError(call.name, `'${text}' is not an address range in CIDR notation.`);
  const hostBits = BigInt(bits - prefix);
  return { address: (address >> hostBits) << hostBits, bits, prefix };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) =>
    half.split(':').filter((group) => group !== ''),
  );
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function print(address: bigint, bits: 32 | 128): string {
  const step = bits === 32 ? 8n : 16n;
  const mask = (1n << step) - 1n;
  const parts: bigint[] = [];
  for (let shift = BigInt(bits) - step; shift >= 0n; shift -= step)
    parts.push((address >> shift) & mask);
  if (bits === 32) return parts.join('.');
  const text = parts.map((part) => part.toString(16)).join(':');
  const zeros = text.match(/\b0(?::0)+\b/g)?.sort((a, b) => b.length - a.length)[0];
  return zeros
    ? text
        .replace(zeros, '')
        .replace(/^:?:?$|^:(?!:)|(?<!:):$/g, '::')
        .replace(/:{3,}/, '::')
    : text;
}
