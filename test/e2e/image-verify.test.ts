import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPlatform } from '../../src/oci/platform/host.js';
import { removeTree } from '../../src/storage/remove-tree.js';
import { ENTRY, lazurite } from '../support/lazurite-command.js';

const PROGRAMS = fileURLToPath(new URL('../../workload/hello/bin/', import.meta.url));
const NOBODY = 65534;
const AS_NOBODY = ['setpriv', '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups'];
const isRoot = process.geteuid?.() === 0;
/** A checkout below /root, for one, is closed to other users. */
const canBeNobody =
  isRoot && spawnSync(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), 'test', '-r', ENTRY]).status === 0;
const USERS: [string, string[], boolean][] = [
  ['as the user of the tests', [], true],
  [`as user ${NOBODY}`, AS_NOBODY, canBeNobody],
];

const HOST = hostPlatform().architecture;
const FOREIGN = HOST === 'arm64' ? 'amd64' : 'arm64';
const EMULATOR = `/proc/sys/fs/binfmt_misc/qemu-${FOREIGN === 'arm64' ? 'aarch64' : 'x86_64'}`;
const isEmulated = existsSync(EMULATOR);
if (!isEmulated && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${EMULATOR}`);
}
/** Where the sample program listens. */
const PORT = '8000';

interface Case {
  title: string;
  /** Of `IMAGES`. */
  image: string;
  architecture?: string;
  options: string[];
  /** What the report says of the run; `fails` besides that the command's exit code is 1. */
  run: RegExp;
  fails?: boolean;
  needsEmulator?: boolean;
}

/** Variables of the sample program (workload/hello/README.md). */
const IMAGES: Record<string, string> = {
  serves: 'LABEL fault=none',
  unhealthy: 'ENV HEALTHZ_STATUS=503',
  finishes: 'ENV EXIT_CODE=0',
  breaks: 'ENV EXIT_CODE=3',
};
const HEALTHZ = ['--probe-port', PORT, '--probe-path', '/healthz'];

const CASES: Case[] = [
  {
    title: 'a program answers its probe',
    ...{ image: 'serves', options: HEALTHZ, run: /^port 8000 answers 200 to GET \/healthz$/ },
  },
  {
    title: 'a program for another machine answers through the emulator',
    ...{ image: 'serves', architecture: FOREIGN, needsEmulator: true },
    ...{ options: HEALTHZ, run: /^port 8000 answers 200 to GET \/healthz$/ },
  },
  {
    title: 'without a probe a program must stay up',
    ...{ image: 'serves', options: ['--settle', '1'], run: /^stayed up for 1 s$/ },
  },
  {
    title: 'or exit with 0',
    ...{ image: 'finishes', options: ['--settle', '5'], run: /^exited with 0$/ },
  },
  {
    title: 'a port where nothing listens is a failure',
    ...{ image: 'serves', options: ['--probe-port', '8001', '--timeout', '1'], fails: true },
    run: /^port 8001 did not answer within 1 s: ECONNREFUSED$/,
  },
  {
    title: 'an answer that refuses is a failure',
    ...{ image: 'unhealthy', options: [...HEALTHZ, '--timeout', '1'], fails: true },
    run: /did not answer within 1 s: port 8000 answers 503 to GET \/healthz$/,
  },
  {
    title: 'another exit code is a failure',
    ...{ image: 'breaks', options: [], run: /^it exited with 3$/, fails: true },
  },
];

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-verify-test-'));
  chmodSync(directory, 0o755);
  for (const [name, line] of Object.entries(IMAGES)) await build(name, line);
});
afterAll(() => removeTree(directory));

async function build(name: string, line: string): Promise<void> {
  const context = join(directory, `context-${name}`);
  cpSync(PROGRAMS, context, { recursive: true });
  const program = 'ARG TARGETARCH\nCOPY --chmod=755 hello-linux-$TARGETARCH /hello\n';
  const dockerfile = `FROM scratch\n${program}${line}\nENTRYPOINT ["/hello"]\n`;
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  const platforms = ['--platform', `linux/${HOST},linux/${FOREIGN}`];
  const output = ['--output', `oci:${join(directory, name)}`];
  const argv = ['build', '--builder', 'embedded', ...platforms, ...output, context];
  const home = join(directory, 'home');
  const { code, stderr } = await lazurite(argv, { env: { LAZURITE_HOME: home } });
  expect(code, stderr).toBe(0);
}

describe.each(USERS)('lazurite image verify --run %s', (name, prefix, canRun) => {
  let scratch: string;
  beforeAll(() => {
    scratch = join(directory, name.replaceAll(' ', '-'));
    mkdirSync(scratch);
    if (prefix.length > 0) chownSync(scratch, NOBODY, NOBODY);
  });

  async function verify({ image, architecture = HOST, options }: Case) {
    const source = `oci:${join(directory, image)}`;
    const platform = ['--platform', `linux/${architecture}`];
    const argv = ['image', 'verify', '--json', '--run', ...platform, ...options, source];
    const [program, ...words] = [...prefix, process.execPath, ENTRY, ...argv];
    const env = { ...process.env, HOME: scratch, TMPDIR: scratch };
    const child = spawn(program!, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = new Promise<number | null>((done) => child.once('close', done));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await closed, stdout, stderr };
  }

  for (const one of CASES) {
    it.skipIf(!canRun || (one.needsEmulator && !isEmulated))(one.title, async () => {
      const { code, stdout, stderr } = await verify(one);
      expect(code, stderr).toBe(one.fails ? 1 : 0);
      const { ok, platforms } = JSON.parse(stdout) as {
        ok: boolean;
        platforms: { run: string; findings: { code: string }[] }[];
      };
      expect(ok).toBe(!one.fails);
      const [{ run, findings } = { run: '', findings: [] }, ...others] = platforms;
      expect(run).toMatch(one.run);
      expect(findings.map((finding) => finding.code)).toEqual(one.fails ? ['run-failed'] : []);
      expect(others).toEqual([]);
      expect(readdirSync(scratch)).toEqual([]);
    });
  }
});
