import type { Finding } from '../findings/finding.js';
import { formatPosition } from '../source/position.js';
import type { CheckReport } from './check-report.js';

/** One test of the report: an image, or something that is about none. */
interface TestCase {
  className: string;
  name: string;
  findings: Finding[];
  /** Set for an image that was not checked. */
  skipped?: string;
}

/** The report as JUnit's XML, which every CI server shows: an image a test, errors are failures. */
export function writeJunit(report: CheckReport): string {
  const cases = testCases(report);
  const failures = cases.filter(({ findings }) => errorsOf(findings).length > 0).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  const counts = `tests="${cases.length}" failures="${failures}" skipped="${skipped}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lazurite check" ${counts}>`,
    `  <testsuite name="lazurite check" ${counts}>`,
    ...cases.flatMap(writeCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCases({ images, notChecked, findings }: CheckReport): TestCase[] {
  const of = (name: string): Finding[] => findings.filter(({ image }) => image === name);
  const checked = images.map(({ name }) => ({ className: 'image', name, findings: of(name) }));
  const open = notChecked.map((name) => ({
    ...{ className: 'image', name, findings: [] },
    skipped: of(name)[0]?.message ?? 'known only later',
  }));
  const named = new Set([...checked, ...open].map(({ name }) => name));
  const others = findings.filter(({ image }) => image === undefined || !named.has(image));
  return [
    ...checked,
    ...open,
    ...others.map((one) => ({
      className: one.positions[0]?.file ?? 'lazurite check',
      name: `${one.code} ${one.message}`,
      findings: [one],
    })),
  ];
}

function errorsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, allowed }) => severity === 'error' && allowed === undefined);
}

function writeCase({ className, name, findings, skipped }: TestCase): string[] {
  const head = `    <testcase classname="${escape(className)}" name="${escape(name)}"`;
  const errors = errorsOf(findings);
  const rest = findings.filter((one) => !errors.includes(one));
  const inside = [
    ...(skipped === undefined ? [] : [`      <skipped message="${escape(skipped)}"/>`]),
    ...(errors[0]
      ? [
          `      <failure type="${errors[0].code}" message="${escape(errors[0].message)}">`,
          ...errors.map((one) => escape(describe(one))),
          '      </failure>',
        ]
      : []),
    ...(rest.length > 0
      ? ['      <system-out>', ...rest.map((one) => escape(describe(one))), '      </system-out>']
      : []),
  ];
  return inside.length === 0 ? [`${head}/>`] : [`${head}>`, ...inside, '    </testcase>'];
}

function describe({ severity, code, message, positions, evidence, fix, allowed }: Finding): string {
  return [
    `${allowed === undefined ? severity : 'allowed'} ${code} ${message}`,
    ...positions.map((position) => `  at ${formatPosition(position)}`),
    ...evidence.map((line) => `  ${line}`),
    ...(fix === undefined ? [] : [`  fix: ${fix}`]),
    ...(allowed === undefined ? [] : [`  allowed: ${allowed}`]),
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.0 has no place for most control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
