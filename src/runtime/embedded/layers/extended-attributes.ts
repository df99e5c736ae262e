import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/**
 * The extended attributes of paths below a directory, in the order of the paths; links are not followed.
 *
 * @param cell the helper program
 * @param paths relative, e.g. `'usr/bin/ping'`
 * @returns values in hex by name, e.g. `'trusted.overlay.opaque'` → `'79'`
 */
export async function readAttributes(
  cell: string,
  directory: string,
  paths: readonly string[],
): Promise<Map<string, string>[]> {
  if (paths.length === 0) return [];
  const child = spawn(cell, ['attributes'], {
    ...{ cwd: directory, env: {}, stdio: ['pipe', 'pipe', 'ignore'] },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // its exit code tells
  child.stdin.end(paths.map((path) => `${path}\0`).join(''));
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  const found = parseAttributes(output);
  if (code !== 0 || found.length !== paths.length) {
    throw new Error(`cannot read the extended attributes in ${directory}: exit ${code}`);
  }
  return found;
}

/** `NAME=HEX` words, an empty one after those of each path. */
function parseAttributes(output: string): Map<string, string>[] {
  const found: Map<string, string>[] = [];
  let current = new Map<string, string>();
  const words = output.split('\0');
  words.pop(); // after the last zero byte
  for (const word of words) {
    if (word === '') {
      found.push(current);
      current = new Map();
      continue;
    }
    const equals = word.lastIndexOf('=');
    current.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return found;
}
