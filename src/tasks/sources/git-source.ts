import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { SourceArchiveError } from '../source-archive.js';
import type { FetchedSource, FetchOptions } from './fetched-source.js';

const GIT = /^(?:git@|git:\/\/|ssh:\/\/|file:\/\/|github\.com\/)|\.git(?:[#?]|$)/i;
const MAX_OUTPUT = 1024 * 1024;

/** `https://host/team/app.git#branch:folder`, `git@…`, `file://…`. */
export function isGitSource(location: string): boolean {
  return GIT.test(location) || /^https?:\/\/dev\.azure\.com\/.*\/_git\//i.test(location);
}

/**
 * Clones a repository with the git of this machine: one commit, no history.
 *
 * @throws SourceArchiveError in the words of git; without the token
 */
export async function cloneRepository(
  location: string,
  directory: string,
  { token, signal }: FetchOptions,
): Promise<FetchedSource> {
  const { url, ref, folder } = splitLocation(location);
  const git = (...args: string[]): Promise<string> => runGit(args, { directory, token, signal });
  await git('init', '--quiet');
  await git('fetch', '--quiet', '--depth', '1', '--end-of-options', url, ref ?? 'HEAD');
  await git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  const commit = (await git('rev-parse', 'HEAD')).trim();
  const found = { commit, ...(ref !== undefined && { branch: ref.replace(/^refs\/heads\//, '') }) };
  if (folder === undefined) return { directory, ...found };
  const root = await realpath(directory);
  const inside = await realpath(path.join(root, folder)).catch(() => undefined);
  if (inside !== undefined && (inside === root || inside.startsWith(root + path.sep))) {
    return { directory: inside, ...found };
  }
  throw new SourceArchiveError(
    `${url} has no folder '${folder}' at ${ref ?? 'its default branch'}`,
  );
}

function splitLocation(location: string): {
  url: string;
  ref: string | undefined;
  folder: string | undefined;
} {
  const [before = '', fragment = ''] = location.split('#', 2);
  const [ref = '', folder = ''] = fragment.split(':', 2);
  const url = /^github\.com\//i.test(before) ? `https://${before}` : before;
  return { url, ref: ref === '' ? undefined : ref, folder: folder === '' ? undefined : folder };
}

interface GitCall {
  directory: string;
  token: string | undefined;
  signal: AbortSignal | undefined;
}

/** Asks nobody for a password, runs no hooks, and takes no configuration but its own. */
function runGit(args: readonly string[], { directory, token, signal }: GitCall): Promise<string> {
  const header = token && `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_CONFIG_COUNT: header ? '2' : '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '/dev/null',
    ...(header && { GIT_CONFIG_KEY_1: 'http.extraHeader', GIT_CONFIG_VALUE_1: header }),
  };
  return new Promise((resolve, reject) => {
    const options = { cwd: directory, env, maxBuffer: MAX_OUTPUT, ...(signal && { signal }) };
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (codeOf(error) === 'ENOENT') {
        reject(
          new SourceArchiveError('a source in a git repository needs git, and it is not installed'),
        );
      } else reject(new SourceArchiveError(`git ${args[0] ?? ''} failed: ${lastLines(stderr)}`));
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join('; ').slice(0, 500);
}
