import { styleText } from 'node:util';
import type { Severity } from '../findings/catalogue.js';
import type { Finding } from '../findings/finding.js';
import { formatPosition } from '../source/position.js';
import { summarize, type CheckReport, type ImageReport, type Summary } from './check-report.js';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  error: 'red',
  warning: 'yellow',
  note: 'cyan',
};
/** Places named in full; a chart may use an image in a hundred. */
const MAX_PLACES = 4;

/** The report as a person reads it. */
export function writeText(report: CheckReport, options: { colour: boolean }): string {
  const paint: Paint = options.colour ? (style, text) => styleText(style, text) : (_, text) => text;
  const findings = report.findings.filter(({ allowed }) => allowed === undefined);
  const sections = [
    report.images.map((image) => writeImage(image, paint)).join('\n'),
    findings.map((one) => writeFinding(one, paint)).join('\n\n'),
    writeSummary(summarize(report), paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Registries and files must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\ufffd');
}

function writeImage(image: ImageReport, paint: Paint): string {
  const head =
    image.outcome === 'found'
      ? `${printable(image.name)}  ${paint('dim', `${image.kind ?? ''} ${image.digest ?? ''}`)}`
      : `${printable(image.name)}  ${paint('red', printable(image.refusal ?? 'not to be had'))}`;
  return [head, ...placements(image).map((line) => `  ${line}`)].join('\n');
}

/** `linux/amd64 → sha256:…`, once for all uses that get the same. */
function placements({ outcome, uses }: ImageReport): string[] {
  if (outcome === 'refused') return [];
  const lines = uses.flatMap(({ platforms }) =>
    platforms.map(({ platform, digest, declared, preference, verified }) => {
      const got = digest === undefined ? 'nothing' : `${digest}${declared ? ` (${declared})` : ''}`;
      return [
        `${platform} → ${got}`,
        ...(preference === undefined ? [] : [`preferred (${preference})`]),
        ...(verified === true ? ['verified'] : []),
      ].join(', ');
    }),
  );
  return [...new Set(lines)];
}

function writeFinding(finding: Finding, paint: Paint): string {
  const { code, severity, message, positions, evidence, fix } = finding;
  const shown = positions
    .slice(0, MAX_PLACES)
    .map((position) => `  at ${printable(formatPosition(position))}`);
  const more = positions.length - shown.length;
  return [
    `${paint(SEVERITY_STYLE[severity], severity)} ${paint('bold', code)} ${printable(message)}`,
    ...shown,
    ...(more > 0 ? [`  and at ${more} more places`] : []),
    ...evidence.map((line) => `  ${paint('dim', printable(line))}`),
    ...(fix === undefined ? [] : [`  fix: ${printable(fix)}`]),
  ].join('\n');
}

function writeSummary(summary: Summary, paint: Paint): string {
  const parts = [
    plural(summary.errors, 'error'),
    plural(summary.warnings, 'warning'),
    plural(summary.notes, 'note'),
    ...(summary.allowed > 0 ? [`${summary.allowed} allowed`] : []),
  ];
  const unknown = summary.notChecked > 0 ? `; ${summary.notChecked} not checked` : '';
  const line = `${plural(summary.images, 'image')} checked${unknown}: ${parts.join(', ')}`;
  return paint(summary.errors > 0 ? 'red' : 'green', line);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
