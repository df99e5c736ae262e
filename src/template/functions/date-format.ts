const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const DURATION =
  /^([-+]?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const TOKEN =
  /yyyy|yy|MMMM|MMM|MM|M|dddd|ddd|dd|d|HH|H|hh|h|mm|m|ss|s|f{1,7}|tt|zzz|K|'[^']*'|\\./g;

/** .NET's standard formats, invariant culture, as custom ones. */
const STANDARD: Record<string, string> = {
  d: 'M/d/yyyy',
  D: 'dddd, MMMM d, yyyy',
  f: 'dddd, MMMM d, yyyy h:mm tt',
  F: 'dddd, MMMM d, yyyy h:mm:ss tt',
  g: 'M/d/yyyy h:mm tt',
  G: 'M/d/yyyy h:mm:ss tt',
  m: 'MMMM d',
  M: 'MMMM d',
  o: "yyyy-MM-ddTHH:mm:ss.fffffff'Z'",
  O: "yyyy-MM-ddTHH:mm:ss.fffffff'Z'",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: 'yyyy-MM-ddTHH:mm:ss',
  t: 'h:mm tt',
  T: 'h:mm:ss tt',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  U: 'dddd, MMMM d, yyyy h:mm:ss tt',
  y: 'MMMM yyyy',
  Y: 'MMMM yyyy',
};

/** A date in ISO 8601, the compact form of `utcNow()`, or what JavaScript reads as UTC. */
export function parseDate(text: string): Date | undefined {
  const compact = COMPACT_DATE.exec(text);
  const iso = compact
    ? `${compact.slice(1, 4).join('-')}T${compact.slice(4, 7).join(':')}Z`
    : text.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/, '$1T$2');
  const zoned =
    /(Z|GMT|[-+]\d\d:?\d\d)$/i.test(iso) || !/\d:\d\d/.test(iso)
      ? iso
      : `${iso} Z`.replace(/T(.*) Z$/, 'T$1Z');
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Moves a date by an ISO 8601 duration such as `'P3Y'`, `'-P9D'`, `'PT1H'`. */
export function addDuration(date: Date, duration: string): Date | undefined {
  const match = DURATION.exec(duration);
  if (!match || /P$|T$/.test(duration)) return undefined;
  const sign = match[1] === '-' ? -1 : 1;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(2)
    .map((part: string | undefined) => sign * Number(part ?? 0));
  const moved = new Date(date);
  const day = moved.getUTCDate();
  moved.setUTCDate(1);
  moved.setUTCFullYear(moved.getUTCFullYear() + (years ?? 0), moved.getUTCMonth() + (months ?? 0));
  // The last day of the month stands in for a day that the month does not have.
  moved.setUTCDate(Math.min(day, daysIn(moved)));
  const span =
    (((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 3600 +
    (minutes ?? 0) * 60 +
    (seconds ?? 0);
  return new Date(moved.getTime() + span * 1000);
}

function daysIn(month: Date): number {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate();
}

/** .NET date formatting in UTC. @see https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings */
export function formatDate(date: Date, format: string): string {
  const custom = format.length === 1 ? (STANDARD[format] ?? format) : format;
  return custom.replace(TOKEN, (token) => formatToken(date, token));
}

function formatToken(date: Date, token: string): string {
  const two = (value: number): string => value.toString().padStart(2, '0');
  const name = (options: Intl.DateTimeFormatOptions): string =>
    date.toLocaleDateString('en-US', { ...options, timeZone: 'UTC' });
  const hour12 = date.getUTCHours() % 12 || 12;
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('\\')) return token.slice(1);
  if (token.startsWith('f'))
    return date
      .getUTCMilliseconds()
      .toString()
      .padStart(3, '0')
      .padEnd(7, '0')
      .slice(0, token.length);
  const tokens: Record<string, () => string> = {
    yyyy: () => date.getUTCFullYear().toString().padStart(4, '0'),
    yy: () => two(date.getUTCFullYear() % 100),
    MMMM: () => name({ month: 'long' }),
    MMM: () => name({ month: 'short' }),
    MM: () => two(date.getUTCMonth() + 1),
    M: () => String(date.getUTCMonth() + 1),
    dddd: () => name({ weekday: 'long' }),
    ddd: () => name({ weekday: 'short' }),
    dd: () => two(date.getUTCDate()),
    d: () => String(date.getUTCDate()),
    HH: () => two(date.getUTCHours()),
    H: () => String(date.getUTCHours()),
    hh: () => two(hour12),
    h: () => String(hour12),
    mm: () => two(date.getUTCMinutes()),
    m: () => String(date.getUTCMinutes()),
    ss: () => two(date.getUTCSeconds()),
    s: () => String(date.getUTCSeconds()),
    tt: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    zzz: () => '+00:00',
    K: () => 'Z',
  };
  return tokens[token]?.() ?? token;
}
