import { constants } from 'node:os';

const FIRST_REALTIME = 34;

/** The number of a stop signal as images write it: `'SIGTERM'`, `'QUIT'`, `'15'`, `'SIGRTMIN+3'`. */
export function signalNumber(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= 64 ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^(SIG)?/, 'SIG');
  const realtime = /^SIGRTMIN(?:\+(\d{1,2}))?$/.exec(name);
  if (realtime) return FIRST_REALTIME + Number(realtime[1] ?? 0);
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1];
}

/** `9` to `'SIGKILL'`; undefined for 0. */
export function signalName(number: number): string | undefined {
  if (number <= 0) return undefined;
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return (
    known?.[0] ??
    (number >= FIRST_REALTIME ? `SIGRTMIN+${number - FIRST_REALTIME}` : `SIG${number}`)
  );
}
