import {
  fixed,
  functionError,
  numberAt,
  ranged,
  stringAt,
  type FunctionDefinition,
} from './definition.js';
import { addDuration, formatDate, parseDate } from './date-format.js';

/** `utcNow()` without a format. */
const COMPACT = 'yyyyMMddTHHmmssZ';

export const DATE_FUNCTIONS: Record<string, FunctionDefinition> = {
  utcnow: ranged(0, 1, (args, call) =>
    formatDate(call.context.scope.now, args.length > 0 ? stringAt(args, 0, call) : COMPACT),
  ),
  datetimeadd: ranged(2, 3, (args, call) => {
    const base = stringAt(args, 0, call);
    const date = parseDate(base);
    const duration = stringAt(args, 1, call);
    const moved = date && addDuration(date, duration);
    if (!date) throw functionError(call.name, `'${base}' is not a date and time.`);
    if (!moved) throw functionError(call.name, `'${duration}' is not an ISO 8601 duration.`);
    return formatDate(moved, args.length > 2 ? stringAt(args, 2, call) : formatOf(base));
  }),
  datetimefromepoch: fixed(1, (args, call) =>
    formatDate(new Date(numberAt(args, 0, call) * 1000), 'yyyy-MM-ddTHH:mm:ssZ'),
  ),
  datetimetoepoch: fixed(1, (args, call) => {
    const text = stringAt(args, 0, call);
    const date = parseDate(text);
    if (!date) throw functionError(call.name, `'${text}' is not a date and time.`);
    return Math.floor(date.getTime() / 1000);
  }),
};

/** Without a format the base value's own is kept where it is one of the two ISO ones, else the general one. */
function formatOf(base: string): string {
  if (/^\d{8}T\d{6}Z$/.test(base)) return COMPACT;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(base) ? 'yyyy-MM-ddTHH:mm:ssZ' : 'G';
}
