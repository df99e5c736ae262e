import { readdir } from 'node:fs/promises';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { hostPlatform } from '../../oci/platform/host.js';

const BINFMT = '/proc/sys/fs/binfmt_misc';

/** What QEMU calls the architectures that images are made for. */
const QEMU_NAMES: Readonly<Record<string, string>> = {
  arm64: 'aarch64',
  amd64: 'x86_64',
  386: 'i386',
  loong64: 'loongarch64',
  mips64le: 'mips64el',
  mipsle: 'mipsel',
};

/** Why a program for another machine does not start here, and the commands that change it. */
export async function emulationAdvice(platform: Platform): Promise<string> {
  const qemu = `qemu-${QEMU_NAMES[platform.architecture] ?? platform.architecture}`;
  const registered = await readdir(BINFMT).catch((): string[] => []);
  const host = formatPlatform(hostPlatform());
  const wanted = formatPlatform(platform);
  if (registered.includes(qemu)) {
    return `${qemu} is registered for ${wanted} in ${BINFMT}, so the program itself is at fault`;
  }
  const mount = registered.includes('register')
    ? ''
    : `mount -t binfmt_misc binfmt_misc ${BINFMT}; `;
  const register = `sudo sh -c '${mount}cat /usr/lib/binfmt.d/${qemu}.conf > ${BINFMT}/register'`;
  return [
    `this machine runs ${host}, and no emulator for ${wanted} is registered (no ${qemu} in ${BINFMT})`,
    `  help: sudo apt-get install qemu-user-static && ${register}`,
    `    or: docker run --privileged --rm tonistiigi/binfmt --install ${platform.architecture}`,
  ].join('\n');
}
