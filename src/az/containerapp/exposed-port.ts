/**
 * The port that a Dockerfile exposes, read as the stock client reads it: the last number after `EXPOSE`.
 *
 * @param dockerfile e.g. `'FROM scratch\nEXPOSE 8080/tcp\n'`
 * @returns e.g. `'8080'`; undefined when none is exposed
 */
export function exposedPort(dockerfile: string): string | undefined {
  let port: string | undefined;
  for (const line of dockerfile.split('\n')) {
    const words = line
      .toUpperCase()
      .trim()
      .replaceAll(/\/(TCP|UDP)/g, '')
      .split(' ');
    if (words[0]?.startsWith('#') === true) continue;
    words.forEach((word, index) => {
      const next = words[index + 1] ?? '';
      if (word.includes('EXPOSE') && /^\d+$/.test(next)) port = next;
    });
  }
  return port;
}
