import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helloProgram } from '../conformance/container-runtime-images.js';
import { leftovers } from '../support/leftovers.js';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

const DOCKERFILE = 'FROM scratch\nCOPY hello /\nENTRYPOINT ["/hello"]\n';
const PATIENCE_MS = 30_000;

let directory: string;
let source: string;
let server: RunningServer;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lzt-'));
  source = join(directory, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'hello'), helloProgram(), { mode: 0o755 });
  writeFileSync(join(source, 'Dockerfile'), DOCKERFILE);
  server = await startServer(join(directory, 'home'));
  await az('group create -n rg -l westus');
  await az('acr create -g rg -n steps --sku Basic --admin-enabled');
});
afterAll(async () => {
  await server.stop();
  const left = leftovers(directory).filter((line) => !line.startsWith('file: '));
  rmSync(directory, { recursive: true, force: true });
  expect(left).toEqual([]);
});

/**
 * @param command words between single spaces
 * @param more words that may hold spaces themselves
 * @returns what it printed; rejects with all of it when it fails
 */
async function az(command: string, ...more: string[]): Promise<string> {
  const result = await lazurite(['az', ...command.split(' '), ...more], {
    env: { LAZURITE_HOME: server.home },
  });
  if (result.code !== 0) throw new Error(`${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** The log of a run of these steps. */
function runSteps(name: string, text: string): Promise<string> {
  writeFileSync(join(source, `${name}.yaml`), `version: v1.1.0\n${text}`);
  return az('acr run -r steps -f', `${name}.yaml`, source);
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('it did not happen');
    await delay(100);
  }
}

describe('the containers of a run', () => {
  it('reach each other by step id, and this machine by their ports', async () => {
    const asking = (host: string, port: number): string =>
      `bash -c 'exec 3<>/dev/tcp/${host}/${port} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3'`;
    const log = await runSteps(
      'network',
      `steps:
  - build: -t $Registry/hello:1 .
  - id: web
    cmd: $Registry/hello:1
    detach: true
    keep: true
    ports: ['18473:8000']
    env: [MESSAGE=from-the-step]
  - id: ask
    cmd: >-
      ${asking('web', 8000)}
    retries: 30
    retryDelay: 1
  - id: registry
    cmd: >-
      bash -c 'exec 3<>/dev/tcp/localhost/$(cut -d: -f2 <<< $Registry) && echo reached-$?'
    when: ['-']
`,
    );
    expect(log).toContain('"message":"from-the-step"');
    expect(log).toContain('reached-0');
  });

  it('have the user, the volumes and the folders that their step says', async () => {
    const log = await runSteps(
      'options',
      `volumes:
  - name: conf
    secret:
      word.txt: ${Buffer.from('a secret file').toString('base64')}
steps:
  - cmd: bash -c 'mkdir -p deep && touch deep/here && chmod 777 deep'
  - cmd: bash -c 'id -u; cat /conf/word.txt; echo; ls; touch made; cat /conf/absent || true'
    user: nobody
    workingDirectory: deep
    startDelay: 1
    volumeMounts: [{name: conf, mountPath: /conf}]
`,
    );
    expect(log).toMatch(/^65534\r?\na secret file\r?\nhere\r?\n/m);
  });

  it('leave what they wrote when their step says keep', async (context) => {
    const log = await runSteps(
      'keep',
      `steps:
  - id: kept
    cmd: bash -c 'echo mine > /root/made; mkdir /opt; rm -r /var/tmp; echo shared > common; exit 3'
    keep: true
    ignoreErrors: true
  - id: gone
    cmd: bash -c 'echo yours > /root/made; cat common'
`,
    );
    const nothing = /Step ID: kept keeps nothing: .*/.exec(log)?.[0];
    if (nothing !== undefined) return context.skip(nothing); // no overlay can be mounted here
    const folder = /Kept what step ID: kept wrote in (\S+)/.exec(log)?.[1];
    expect(folder).toMatch(new RegExp(`^${server.home}/tasks/kept/steps/ca\\d+/kept$`));
    expect(readFileSync(join(folder!, 'root', 'made'), 'utf8')).toBe('mine\n');
    expect(readdirSync(folder!).sort()).toEqual(['opt', 'root', 'var']);
    expect(readdirSync(join(folder!, '..'))).toEqual(['kept']);
    expect(log).toMatch(/^shared\r?$/m);
  });

  it('are never root of this machine', async () => {
    const log = await runSteps(
      'privileged',
      'steps: [{cmd: bash -c true, privileged: true}]',
    ).catch(String);
    expect(log).toMatch(
      /privileged containers are not implemented: a step never is root[^]*failed/,
    );
  });
});

describe('commands that are built in', () => {
  it('make, change, list and clean up images', async () => {
    const log = await runSteps(
      'commands',
      `steps:
  - build: -t $Registry/one:amd64 .
  - push: [$Registry/one:amd64]
  - cmd: docker buildx build --platform linux/amd64,linux/arm64 -t $Registry/two:multi --push .
  - cmd: docker pull --platform linux/arm64 $Registry/two:multi && docker tag $Registry/two:multi $Registry/two:arm && docker push $Registry/two:arm
  - cmd: |
      docker buildx imagetools create -t $Registry/one:both $Registry/one:amd64
      docker buildx imagetools create --dry-run --append -t $Registry/one:never $Registry/two:arm || echo needs what it appends to
      docker buildx imagetools create --append -t $Registry/one:both $Registry/two:arm
      docker buildx imagetools inspect $Registry/one:both
  - cmd: |
      docker manifest create $Registry/list:1 $Registry/one:amd64 $Registry/two:arm
      docker manifest annotate --arch arm64 --variant v8 $Registry/list:1 $Registry/two:arm
      docker manifest push --purge $Registry/list:1
      docker manifest inspect $Registry/list:1
  - cmd: acr purge -r $Registry --filter 'two:.*' --ago 0d --untagged --dry-run
  - cmd: acr tag delete -r $RegistryName --repository two multi
  - cmd: acr purge --filter 'two:^none$' --ago 0d --untagged
  - cmd: acr manifest list -r $RegistryName --repository two
  - cmd: acr purge --filter 'one:.*' --ago 0d --keep 1
`,
    );
    expect(log).toMatch(/"architecture": "arm64",\s+"variant": "v8"/);
    expect(log).toContain('Number of to be deleted tags: 2');
    expect(await az('acr manifest show -r steps -n one:both')).toMatch(/amd64[^]*arm64/);
    expect(await az('acr repository show-tags -n steps --repository two -o tsv')).toBe('arm\n');
    const image = JSON.parse(await az('acr manifest show -r steps -n two:arm')) as object;
    expect(image).toHaveProperty('layers');
    expect(
      log.match(/Listing manifests[^]*?\n(?:.*two@sha256:.*\n)+/)?.[0].match(/@sha256/g),
    ).toHaveLength(1);
  });

  it.each([
    [
      'acr tag list -r elsewhere --repository one',
      /elsewhere is not the registry of this run, which is steps/,
    ],
    ['docker pull $Registry/absent:1', /Error response from daemon: .*absent/],
    [
      'docker pull --platform linux/s390x $Registry/one:both',
      /Error response from daemon: .*s390x/,
    ],
  ])('%s fails in words', async (cmd, message) => {
    const log = await az('acr run -r steps --cmd', cmd, '/dev/null').catch(String);
    expect(log).toMatch(message);
    expect(log).toMatch(/Run ID: \w+ failed after/);
  });
});

describe('a base image', () => {
  it('that is pushed anew starts the task that builds on it', async () => {
    const base = join(directory, 'base');
    mkdirSync(base);
    const pushBase = (text: string): Promise<string> => {
      writeFileSync(join(base, 'Dockerfile'), `FROM scratch\nLABEL text="${text}"\n`);
      return az('acr build -r steps -t base:1', base);
    };
    await pushBase('first');
    const loginServer = (await az('acr show -n steps --query loginServer -o tsv')).trim();
    const repository = join(directory, 'repository');
    mkdirSync(repository);
    writeFileSync(
      join(repository, 'Dockerfile'),
      `FROM ${loginServer}/base:1\nCOPY Dockerfile /\n`,
    );
    const git = (...argv: string[]) =>
      execFileSync('git', [
        '-C',
        repository,
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@b.c',
        ...argv,
      ]);
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'x');
    await az(
      'acr task create -r steps -n derived --commit-trigger-enabled false -f Dockerfile',
      ...['-t', 'derived:{{.Run.ID}}', '-c', `file://${repository}/.git#main`],
    );
    await az('acr task run -r steps -n derived');
    await pushBase('second');
    const query = "[?status=='Succeeded'].runType";
    const types = await until(async () => {
      const text = await az('acr task list-runs -r steps -n derived -o tsv --query', query);
      return text.includes('AutoBuild') ? text : undefined;
    });
    expect(types.trim().split('\n')).toEqual(['AutoBuild', 'QuickBuild']);
  });
});

describe('ten builds at once', () => {
  it('share the cache, and each image is whole', async () => {
    writeFileSync(
      join(source, 'Dockerfile.ten'),
      `${DOCKERFILE}ARG N\nLABEL n=$N\nCOPY Dockerfile /d\n`,
    );
    const numbers = Array.from({ length: 10 }, (_, at) => String(at));
    const build = (n: string) =>
      az(
        `acr build -r steps -t ten:${n} --build-arg N=${n} -f`,
        join(source, 'Dockerfile.ten'),
        source,
      );
    for (const log of await Promise.all(numbers.map(build))) expect(log).toMatch(/was successful/);
    const login = await az('acr show -n steps --query loginServer -o tsv');
    const password = await az('acr credential show -n steps --query passwords[0].value -o tsv');
    const auth = Buffer.from(`steps:${password.trim()}`).toString('base64');
    const config = { auths: { [login.trim()]: { auth } } };
    writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
    for (const n of numbers) {
      // A copy reads every byte and checks it.
      const argv = [
        'image',
        'copy',
        `${login.trim()}/ten:${n}`,
        `oci:${join(directory, 'ten')}:${n}`,
      ];
      const copied = await lazurite(argv, { env: { DOCKER_CONFIG: directory } });
      expect(copied.code, copied.stderr).toBe(0);
    }
  });
});

describe('a run that is ended from outside', () => {
  const SLEEP = 'sleep 987651';
  const steps = `steps:
  - build: -t $Registry/half:1 .
  - cmd: bash -c 'echo asleep; ${SLEEP}'
  - push: [$Registry/half:1]
`;
  const sleeping = (): boolean =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .some((line) => line === SLEEP);

  /** A run of which a step is asleep. @returns its id */
  async function startSleeping(): Promise<string> {
    writeFileSync(join(source, 'sleep.yaml'), `version: v1.1.0\n${steps}`);
    await az('acr run -r steps -f sleep.yaml --no-wait', source);
    const newest = await az('acr task list-runs -r steps --top 1 --query [0].runId -o tsv');
    await until(() => sleeping() || undefined);
    return newest.trim();
  }

  async function expectNothingLeft(): Promise<void> {
    await until(() => !sleeping() || undefined);
    expect(execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' })).not.toContain(server.home);
    await expect(az('acr repository show -n steps --image half:1')).rejects.toThrow();
  }

  it('by a cancel leaves no process, no mount and no tag', async () => {
    const runId = await startSleeping();
    await az('acr task cancel-run -r steps --run-id', runId);
    await expectNothingLeft();
    const log = await az('acr task logs -r steps --run-id', runId).catch(String);
    expect(log).toMatch(/was canceled after/);
    const update = `acr task update-run -r steps --run-id ${runId} --no-archive false`;
    expect(await az(`${update} --query isArchiveEnabled -o tsv`)).toBe('true\n');
  });

  it('by the death of the server leaves none either, and is Failed when it is back', async () => {
    const runId = await startSleeping();
    await server.crash();
    await until(() => !sleeping() || undefined);
    server = await startServer(server.home);
    await expectNothingLeft();
    expect(await az(`acr task show-run -r steps --run-id ${runId} --query status -o tsv`)).toBe(
      'Failed\n',
    );
    expect(existsSync(join(server.home, 'tasks', 'work'))).toBe(false);
  });
});
