import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CATALOGUE, type FindingCode } from '../findings/catalogue.js';
import type { Finding } from '../findings/finding.js';
import type { Position } from '../source/position.js';
import type { CheckReport } from './check-report.js';

const RULES = Object.keys(CATALOGUE) as FindingCode[];

/**
 * The report in SARIF 2.1.0, which code scanning of GitHub and of Azure DevOps reads.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function writeSarif(report: CheckReport, version: string): string {
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'lazurite check',
            semanticVersion: version,
            rules: RULES.map(describeRule),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map(describeResult),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function describeRule(code: FindingCode): object {
  const { name, severity, summary, remedy } = CATALOGUE[code];
  return {
    id: code,
    name,
    shortDescription: { text: summary },
    help: { text: remedy },
    defaultConfiguration: { level: severity },
  };
}

function describeResult(finding: Finding): object {
  const { code, severity, message, evidence, fix, image, positions, allowed } = finding;
  const lines = [message, ...evidence, ...(fix === undefined ? [] : [`Fix: ${fix}`])];
  const [first, ...related] = positions;
  return {
    ruleId: code,
    ruleIndex: RULES.indexOf(code),
    level: severity,
    message: { text: lines.join('\n') },
    locations: [first ? physicalLocation(first) : logicalLocation(image ?? 'lazurite check')],
    ...(related.length > 0 && {
      relatedLocations: related.map((position, id) => ({ id, ...physicalLocation(position) })),
    }),
    // Lines move; what is found about which image in which file stays.
    partialFingerprints: { 'lazurite/v1': [code, image ?? '', first?.file ?? ''].join('|') },
    ...(allowed !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: allowed }],
    }),
  };
}

function physicalLocation({ file, line, column }: Position): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column },
    },
  };
}

function logicalLocation(name: string): object {
  return { logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }] };
}

function uriOf(file: string): string {
  if (file === '<stdin>') return 'stdin';
  if (posix.isAbsolute(file)) return pathToFileURL(file).href;
  return posix.normalize(file).split('/').map(encodeURIComponent).join('/');
}
