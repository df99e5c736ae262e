import { parsePlatform, type Platform } from '../platform.js';

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  arm: 'arm/v7',
};

/** What BUILDPLATFORM is: the machine the build runs on. */
export function hostPlatform(): Platform {
  const architecture = NODE_ARCHITECTURES[process.arch] ?? process.arch;
  return parsePlatform(`linux/${architecture}`) ?? { os: 'linux', architecture: 'amd64' };
}
