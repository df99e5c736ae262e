import { execFile } from 'node:child_process';

/**
 * Runs a program of the machine and gives what it prints.
 *
 * @throws Error with the first line of its complaint, e.g. `'nft: Operation not permitted'`
 */
export function runTool(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, words, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const [complaint = ''] = stderr.trim().split('\n');
      const name = program.split('/').at(-1) ?? program;
      reject(new Error(`${name}: ${complaint || error.message}`, { cause: error }));
    });
  });
}
