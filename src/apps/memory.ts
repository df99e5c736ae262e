const MEMORY = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi)$/;
const UNIT = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 } as const;

/** Bytes of `'0.5Gi'`; undefined when the text is no amount of memory. */
export function parseMemory(text: string): number | undefined {
  const match = MEMORY.exec(text);
  const unit = match?.[2];
  if (unit !== 'Ki' && unit !== 'Mi' && unit !== 'Gi') return undefined;
  return Math.round(Number(match?.[1]) * UNIT[unit]);
}
