import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../findings/catalogue.js';
import { finding } from '../findings/finding.js';
import { schemaFaults } from '../testing/json-schema.js';
import type { CheckReport } from './check-report.js';
import { writeJson } from './json.js';
import { writeJunit } from './junit.js';
import { REPORT_SCHEMA } from './report-schema.js';
import { writeSarif } from './sarif.js';
import { writeText } from './text.js';

const digest = `sha256:${'a'.repeat(64)}`;
const place = { file: 'k8s/web.yaml', line: 12, column: 16 };

const REPORT: CheckReport = {
  targets: [{ name: 'k8s', kinds: ['kubernetes'], files: 2 }],
  images: [
    {
      name: 'ghcr.io/shop/web:v1',
      reference: 'ghcr.io/shop/web:v1',
      outcome: 'found',
      digest,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      kind: 'index',
      platforms: ['linux/amd64'],
      uses: [
        {
          owner: 'Deployment web, container web',
          position: place,
          platforms: [
            { platform: 'linux/amd64', because: '--platform', digest },
            { platform: 'linux/arm64', because: '--platform', preference: 80 },
          ],
        },
      ],
    },
    {
      name: 'nginx:1.27.99',
      reference: 'docker.io/library/nginx:1.27.99',
      outcome: 'refused',
      refusal: 'manifest unknown',
      platforms: [],
      uses: [{ owner: 'the command line', platforms: [] }],
    },
  ],
  notChecked: ['ghcr.io/shop/api:${TAG}'],
  findings: [
    finding({
      code: 'LZ1101',
      message: 'ghcr.io/shop/web:v1 has no image for linux/arm64.',
      evidence: [`index ${digest} has: linux/amd64`, 'a <tag> & "quotes" \u0001'],
      fix: 'docker buildx build --platform linux/amd64,linux/arm64 -t ghcr.io/shop/web:v1 --push .',
      image: 'ghcr.io/shop/web:v1',
      positions: [place, { file: 'k8s/a b#c.yaml', line: 3, column: 1 }],
    }),
    finding({ code: 'LZ1001', message: 'docker.io has no tag 1.27.99.', image: 'nginx:1.27.99' }),
    {
      ...finding({
        code: 'LZ1301',
        message: 'ghcr.io/shop/web:v1 is named by a tag alone.',
        image: 'ghcr.io/shop/web:v1',
        positions: [place],
      }),
      allowed: 'tags are immutable there',
    },
    finding({
      code: 'LZ1501',
      message: 'ghcr.io/shop/api:${TAG} was not checked: its name is known only later.',
      image: 'ghcr.io/shop/api:${TAG}',
      positions: [{ file: '<stdin>', line: 1, column: 1 }],
    }),
    finding({
      code: 'LZ1502',
      message: 'k8s/broken.yaml is not YAML: a bracket is missing.',
      positions: [{ file: '/abs/broken.yaml', line: 2, column: 5 }],
    }),
  ],
};

const golden = (name: string): string =>
  fileURLToPath(new URL(`baselines/${name}`, import.meta.url));

describe('formats', () => {
  it('text', async () => {
    await expect(writeText(REPORT, { colour: false })).toMatchFileSnapshot(golden('report.txt'));
  });
  it('json', async () => {
    await expect(writeJson(REPORT)).toMatchFileSnapshot(golden('report.json'));
  });
  it('sarif', async () => {
    // The rules are the catalogue, which docs/reference/check-findings.md shows.
    const document = JSON.parse(writeSarif(REPORT, '0.0.0')) as SarifDocument;
    document.runs[0]!.tool.driver.rules = [];
    await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
      golden('report.sarif'),
    );
  });
  it('junit', async () => {
    await expect(writeJunit(REPORT)).toMatchFileSnapshot(golden('report.xml'));
  });
  it('text has colours only where they are wanted', () => {
    expect(writeText(REPORT, { colour: false })).not.toContain('\u001b[');
  });
});

it('docs/reference/check-report.schema.json is the schema of json (LAZURITE_UPDATE_DOCS=1 rewrites it)', () => {
  expect(schemaFaults(JSON.parse(writeJson(REPORT)), REPORT_SCHEMA)).toEqual([]);
  expect(schemaFaults({ version: 2, extra: 1 }, REPORT_SCHEMA)).not.toEqual([]);
  const url = new URL('../../../docs/reference/check-report.schema.json', import.meta.url);
  const file = fileURLToPath(url);
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') {
    writeFileSync(file, `${JSON.stringify(REPORT_SCHEMA, undefined, 2)}\n`);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(REPORT_SCHEMA);
});

interface SarifDocument {
  $schema: string;
  version: string;
  runs: {
    tool: {
      driver: { name: string; rules: { id: string; defaultConfiguration: { level: string } }[] };
    };
    results: SarifResult[];
  }[];
}

interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: {
    physicalLocation?: {
      artifactLocation: { uri: string };
      region: { startLine: number; startColumn: number };
    };
    logicalLocations?: { fullyQualifiedName: string }[];
  }[];
  suppressions?: { kind: string; status: string; justification: string }[];
}

describe('sarif keeps to SARIF 2.1.0', () => {
  const document = JSON.parse(writeSarif(REPORT, '0.0.0')) as SarifDocument;
  const [run] = document.runs;

  it('names its version, and one rule for each code', () => {
    expect(document.version).toBe('2.1.0');
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(CATALOGUE));
    for (const rule of run?.tool.driver.rules ?? []) {
      expect(['none', 'note', 'warning', 'error']).toContain(rule.defaultConfiguration.level);
    }
  });

  it.each(run?.results ?? [])('$ruleId has a rule, a message and a location', (result) => {
    expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(['none', 'note', 'warning', 'error']).toContain(result.level);
    expect(result.message.text).not.toBe('');
    expect(result.locations).toHaveLength(1);
    const physical = result.locations[0]?.physicalLocation;
    if (!physical) {
      expect(result.locations[0]?.logicalLocations?.[0]?.fullyQualifiedName).toBeTruthy();
      return;
    }
    expect(() => new URL(physical.artifactLocation.uri, 'file:///repository/')).not.toThrow();
    expect(physical.artifactLocation.uri).not.toMatch(/[ <>#]/);
    expect(physical.region.startLine).toBeGreaterThan(0);
    expect(physical.region.startColumn).toBeGreaterThan(0);
  });

  it('suppresses what is allowed', () => {
    const allowed = run?.results.filter(({ suppressions }) => suppressions);
    expect(allowed?.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
      [
        'LZ1301',
        [{ kind: 'external', status: 'accepted', justification: 'tags are immutable there' }],
      ],
    ]);
  });
});
