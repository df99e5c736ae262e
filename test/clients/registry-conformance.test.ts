import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findTool } from './registry-command.js';
import { startAzureShaped, startStandalone, type RegistryServer } from './registry-server.js';

/**
 * The conformance program of the distribution specification, as redesigned in 2026: module
 * github.com/opencontainers/distribution-spec/conformance, built with Go 1.24 or later.
 */
const program = process.env['LAZURITE_OCI_CONFORMANCE'] ?? findTool('oci-conformance');
if (program === undefined && process.env['LAZURITE_REQUIRE_CONFORMANCE'] === '1') {
  throw new Error(
    'LAZURITE_REQUIRE_CONFORMANCE=1, but there is no conformance program; set LAZURITE_OCI_CONFORMANCE',
  );
}

const RESULTS = fileURLToPath(new URL('../../test-results/oci-conformance/', import.meta.url));
const USER = { username: 'me', password: 'correct horse' };

const sparseIndexes = true;
const SERVERS = [
  { name: 'http-anonymous', start: () => startStandalone({ tls: false, sparseIndexes }) },
  {
    name: 'http-credentials',
    start: () => startStandalone({ tls: false, sparseIndexes, credentials: USER }),
  },
  { name: 'https-anonymous', start: () => startStandalone({ tls: true, sparseIndexes }) },
  {
    name: 'https-credentials',
    start: () => startStandalone({ tls: true, sparseIndexes, credentials: USER }),
  },
  // A registry of Azure's has no setting for sparse indexes: it refuses them.
  {
    name: 'azure-shaped',
    start: startAzureShaped,
    without: { OCI_DATA_SPARSE: 'false' },
    disabled: ['Sparse Manifests'],
  },
];

/** Everything that the specification leaves to the registry; the program's defaults leave some out. */
const EVERYTHING = {
  OCI_API_BLOBS_DIGEST_HEADER: 'true',
  OCI_API_BLOBS_UPLOAD_CANCEL: 'true',
  OCI_API_MANIFESTS_DIGEST_HEADER: 'true',
  OCI_API_MANIFESTS_TAG_PARAM: 'true',
  OCI_API_REFERRER: 'true',
  OCI_DATA_SPARSE: 'true',
};

describe.skipIf(program === undefined)('the OCI conformance program', () => {
  describe.each(SERVERS)('$name', ({ name, start, without, disabled = [] }) => {
    let server: RegistryServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());

    it.each(['1.1', 'dev'])('version %s: nothing fails, nothing is skipped', async (version) => {
      const results = join(RESULTS, `${name}-${version}`);
      rmSync(results, { recursive: true, force: true });
      mkdirSync(results, { recursive: true });
      const { exitCode, output } = await runProgram(server, results, {
        ...without,
        OCI_VERSION: version,
      });
      console.log(`report: ${join(results, 'report.html')}`);
      const { tests, failed, skipped, notPassed } = readResults(results);
      expect({ exitCode, failed, skipped, notPassed, output }).toMatchObject({
        exitCode: 0,
        failed: [],
        skipped: [],
        notPassed: disabled,
      });
      expect(tests).toBeGreaterThan(750);
    });
  });
});

function runProgram(
  server: RegistryServer,
  results: string,
  settings: Record<string, string>,
): Promise<{ exitCode: number; output: string }> {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    ...EVERYTHING,
    ...settings,
    OCI_REGISTRY: server.address,
    OCI_TLS: server.certificates === undefined ? 'disabled' : 'enabled',
    OCI_REPO1: `conformance/${settings['OCI_VERSION'] ?? ''}/one`,
    OCI_REPO2: `conformance/${settings['OCI_VERSION'] ?? ''}/two`,
    OCI_RESULTS_DIR: results,
    ...(server.certificates && { SSL_CERT_FILE: join(server.certificates, 'ca.crt') }),
    ...(server.credentials && {
      OCI_USERNAME: server.credentials.username,
      OCI_PASSWORD: server.credentials.password,
    }),
  };
  const options = { cwd: results, env, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program!, [], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, output: `${stderr}${stdout}`.slice(-20_000) });
    });
  });
}

interface Results {
  tests: number;
  failed: string[];
  skipped: string[];
  /** Rows of the program's own summary of APIs and kinds of data. */
  notPassed: string[];
}

function readResults(directory: string): Results {
  const junit = readFileSync(join(directory, 'junit.xml'), 'utf8');
  const cases = [...junit.matchAll(/<testcase name="([^"]*)"[^>]*? status="([^"]*)"/g)];
  const withStatus = (pattern: RegExp): string[] =>
    cases.filter(([, , status]) => pattern.test(status!)).map(([, name]) => name!);
  const summary = parse(readFileSync(join(directory, 'results.yaml'), 'utf8')) as {
    apis: Record<string, string>;
    data: Record<string, string>;
  };
  const rows = [...Object.entries(summary.apis), ...Object.entries(summary.data)];
  return {
    tests: cases.length,
    failed: withStatus(/^(failure|error)$/),
    skipped: withStatus(/^skipped$/),
    notPassed: rows.filter(([, status]) => status !== 'Pass').map(([row]) => row),
  };
}
