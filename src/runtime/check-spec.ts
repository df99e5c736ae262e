import { ContainerStartError, type ContainerSpec } from './runtime.js';

/** Refuses what no runtime can start. @throws ContainerStartError */
export function checkSpec(spec: ContainerSpec): void {
  if (!spec.argv[0])
    throw new ContainerStartError('ENOENT', 'no command: the image names no program');
  if (spec.workingDir !== '' && !spec.workingDir.startsWith('/')) {
    throw new ContainerStartError('OTHER', `working directory ${spec.workingDir} is not absolute`);
  }
  for (const { source, target } of spec.mounts ?? []) {
    if (target.startsWith('/') && target !== '/' && !target.includes('=')) continue;
    throw new ContainerStartError(
      'OTHER',
      `${source} cannot be mounted at ${JSON.stringify(target)}`,
    );
  }
  checkTexts([...spec.argv, ...spec.env, spec.workingDir, spec.user]);
}

/** @throws ContainerStartError */
export function checkTexts(texts: readonly string[]): void {
  if (texts.some((text) => text.includes('\0'))) {
    throw new ContainerStartError('OTHER', 'a zero byte in the command or the environment');
  }
}
