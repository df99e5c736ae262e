import { createContainer, removeContainer } from './engine-containers.js';
import { killerBody } from './container-body.js';
import type { DockerHost } from './docker-host.js';

let killers = 0;

/**
 * Ends a process that was started by `exec`: engines have no request for that, so a container of one system
 * call does it, which sees the processes of the engine's machine.
 */
export async function killProcess(host: DockerHost, pid: number): Promise<void> {
  const { engine, key, labels, relayImage } = host;
  const name = `lazurite-${key}-kill-${process.pid}-${++killers}`;
  const id = await createContainer(engine, name, killerBody(relayImage, pid, labels));
  try {
    await engine.call('POST', `/containers/${id}/start`);
    await engine.call('POST', `/containers/${id}/wait`);
  } finally {
    await removeContainer(engine, id);
  }
}
