import type { Json } from '../../base/json.js';
import { textOf } from './definition.js';

const ITEM = /\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}|[{}]/g;

/**
 * .NET composite formatting for the values a template can have: `{0}`, `{0,8}`, `{0,-8}`, and the numeric
 * formats D, N, F, X, P and custom zeros (`{0:000}`).
 * @see https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting
 */
export function composeFormat(
  format: string,
  values: readonly Json[],
  fail: (what: string) => Error,
): string {
  return format.replace(ITEM, (match, index?: string, width?: string, spec?: string) => {
    if (match === '{{') return '{';
    if (match === '}}') return '}';
    if (index === undefined) throw fail(`the format '${format}' has an unbalanced brace.`);
    const value = values[Number(index)];
    if (value === undefined)
      throw fail(`the format '${format}' refers to argument ${index}, which is not given.`);
    return pad(formatValue(value, spec ?? '', fail), Number(width ?? 0));
  });
}

function pad(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}

function formatValue(value: Json, spec: string, fail: (what: string) => Error): string {
  if (typeof value !== 'number' || spec === '') return textOf(value);
  if (/^0+$/.test(spec))
    return sign(value) + Math.abs(Math.round(value)).toString().padStart(spec.length, '0');
  const standard = /^([DdNnFfXxPpGg])(\d{0,2})$/.exec(spec);
  if (!standard) throw fail(`the number format '${spec}' is not supported.`);
  const letter = standard[1] ?? 'G';
  const digits = standard[2] ? Number(standard[2]) : undefined;
  switch (letter.toUpperCase()) {
    case 'D':
      return (
        sign(value) +
        Math.abs(value)
          .toString()
          .padStart(digits ?? 0, '0')
      );
    case 'N':
      return grouped(value, digits ?? 2);
    case 'F':
      return value.toFixed(digits ?? 2);
    case 'P':
      return `${grouped(value * 100, digits ?? 2)} %`;
    case 'X': {
      const hex = (value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value)).toString(16);
      const padded = hex.padStart(digits ?? 0, '0');
      return letter === 'X' ? padded.toUpperCase() : padded;
    }
    default:
      return textOf(value);
  }
}

function sign(value: number): string {
  return value < 0 ? '-' : '';
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
