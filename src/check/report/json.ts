import { summarize, type CheckReport } from './check-report.js';

/** Version of the shape below; `docs/reference/check.schema.json` describes it. */
const FORMAT_VERSION = 1;

export function writeJson(report: CheckReport): string {
  const document = { version: FORMAT_VERSION, summary: summarize(report), ...report };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
