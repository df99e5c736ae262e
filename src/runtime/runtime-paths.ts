/** Made by whoever runs containers, or mounted on; no command meant to change them. */
export const RUNTIME_PATHS: ReadonlySet<string> = new Set([
  ...['/proc', '/sys', '/dev', '/.dockerenv', '/run/.containerenv'],
  ...['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'],
]);
