import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { externalBuilder, pairFlags } from '../../src/build/external/external-builder.js';
import { lazurite } from '../support/lazurite-command.js';
import type { BuilderKind, BuilderWorld } from './build-worlds.js';
import { startDockerd } from './registry-docker-daemon.js';
import { findTool, run } from './registry-command.js';

/** `docker build` by an engine of our own. No builder of ours: a judge of what the others make. */
export const ENGINE: BuilderKind = {
  name: 'docker',
  programs: ['docker', 'dockerd', 'docker-buildx'],
  open: openEngine,
};

async function openEngine(directory: string): Promise<BuilderWorld> {
  const daemon = await startDockerd(directory);
  const config = join(directory, 'config');
  mkdirSync(join(config, 'cli-plugins'), { recursive: true });
  symlinkSync(findTool('docker-buildx')!, join(config, 'cli-plugins', 'docker-buildx'));
  const env = { ...process.env, DOCKER_HOST: daemon.address, DOCKER_CONFIG: config };
  const builder = externalBuilder('docker', async ({ request, layoutDirectory, scratch }) => {
    const archive = join(scratch, 'saved.tar');
    // The engine has no bridge for the commands; they reach nothing anyway.
    const flags = ['--network', 'host', ...pairFlags('--build-arg', request.buildArgs)];
    await run('docker', ['build', '-t', 'parity', ...flags, request.contextDirectory], { env });
    await run('docker', ['save', '-o', archive, 'parity'], { env });
    const copied = await lazurite([
      ...['image', 'copy', `docker-archive:${archive}`, `oci:${layoutDirectory}:parity`],
    ]);
    if (copied.code !== 0) throw new Error(copied.stderr);
  });
  return { builder, close: () => daemon.close() };
}
