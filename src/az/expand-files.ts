import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';

/**
 * Replaces `@file`, and `key=@file`, by the file's text without its last line end; `@-` is stdin. A word
 * whose file does not exist stays as it is, as the stock client leaves it.
 */
export function expandFiles(words: readonly string[]): string[] {
  return words.map((word) => {
    const at = word.startsWith('@') ? 0 : word.indexOf('=@') + 1;
    if (!word.startsWith('@') && (at === 0 || word.indexOf('=') !== at - 1)) return word;
    const text = readNamed(word.slice(at + 1));
    return text === undefined ? word : word.slice(0, at) + text;
  });
}

function readNamed(path: string): string | undefined {
  try {
    const file = path === '-' ? 0 : path.replace(/^~(?=\/)/, homedir());
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\n+$/, '');
  } catch {
    return undefined;
  }
}
