// Started by runtime-lifeline.test.ts and runtime-docker.test.ts: runs containers at an isolation level of the embedded
// runtime, or at the engine with this address, says so, and waits to be killed.
import { createDockerRuntime } from '../../src/runtime/docker/docker-runtime.js';
import { parseEngineAddress } from '../../src/runtime/docker/engine-address.js';
import { createEmbeddedRuntime } from '../../src/runtime/embedded/embedded-runtime.js';
import { ISOLATION_LEVELS } from '../../src/runtime/runtime.js';
import { helloProgram, imageOf } from '../conformance/container-runtime-images.js';

const [stateDirectory = '', where = '', count = '1', firstPort = '8000'] = process.argv.slice(2);
const isolation = ISOLATION_LEVELS.find((each) => each === where) ?? 'process';
const runtime = where.includes('://')
  ? await createDockerRuntime({
      stateDirectory,
      address: parseEngineAddress(where, 'the test', process.env),
    })
  : await createEmbeddedRuntime({ stateDirectory, isolation });
const image = await runtime.unpack(await imageOf([{ name: 'hello', content: helloProgram() }]));
const pids: number[] = [];
for (let index = 0; index < Number(count); index++) {
  const sandbox = await runtime.createSandbox({ id: `victim-${index}`, hostname: 'victim' });
  const container = await sandbox.run({
    name: 'app',
    rootfs: { image },
    argv: ['/hello'],
    env: [`PORT=${Number(firstPort) + index}`],
    workingDir: '/',
    user: '',
    limits: { cpu: 0.5, memoryBytes: 32 * 1024 * 1024 },
  });
  pids.push(container.pid);
}
console.log(JSON.stringify({ pids, egress: runtime.info.network.egress }));
setInterval(() => undefined, 1000);
