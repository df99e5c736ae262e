import { readFileSync } from 'node:fs';
import { codeOf, Failure, messageOf } from '../base/failure.js';

const LARGEST_INPUT = 32 * 1024 * 1024;

/** `lazurite doctor --from FILE|-`: the likeliest cause of an error, an operation or a log that was pasted. */
export async function examinePasted(source: string, { json }: { json?: boolean }): Promise<void> {
  const text = decode(await read(source), source);
  const [{ allLabs, LABS_FOLDER }, { knownCauses }, { readObservations }, { matchCauses }, words] =
    await Promise.all([
      import('../labs/catalogue.js'),
      import('../labs/causes/known-causes.js'),
      import('../labs/causes/read-observations.js'),
      import('../labs/causes/match-causes.js'),
      import('../labs/causes/describe-matches.js'),
    ]);
  const observations = readObservations(text);
  const matches = matchCauses(text, knownCauses(allLabs(), LABS_FOLDER));
  if (json === true) {
    const collect = matches.length === 0 ? words.WHAT_TO_COLLECT : [];
    console.log(JSON.stringify({ observed: observations.length, matches, collect }, null, 2));
  } else {
    console.log(words.describeMatches(matches, observations.length));
  }
  if (matches.length === 0) process.exitCode = 1;
}

async function read(source: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (source !== '-') return readFile(source);
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_INPUT) throw tooLarge('standard input');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readFile(file: string): Buffer {
  try {
    const content = readFileSync(file);
    if (content.length > LARGEST_INPUT) throw tooLarge(file);
    return content;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`can't read ${file}`, {
      why: codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error),
      help: 'lazurite doctor --from -   reads what you paste, up to Ctrl-D',
      exitCode: 2,
      cause: error,
    });
  }
}

function tooLarge(what: string): Failure {
  return new Failure(`${what} is larger than ${LARGEST_INPUT / 1024 ** 2} MiB`, {
    why: 'a cause shows in the rows around the failure',
    help: 'tail -n 1000 FILE | lazurite doctor --from -',
    exitCode: 2,
  });
}

/** UTF-8, or UTF-16 as PowerShell's `>` writes it. @throws Failure for what is empty or no text */
function decode(content: Buffer, source: string): string {
  const encoding = content[0] === 0xff && content[1] === 0xfe ? 'utf-16le' : 'utf-8';
  const text = new TextDecoder(encoding).decode(content);
  const from = source === '-' ? 'standard input' : source;
  if (text.trim() === '') {
    throw new Failure(`there is nothing in ${from}`, {
      help: 'az containerapp logs show --name APP --resource-group GROUP --type system | lazurite doctor --from -',
      exitCode: 2,
    });
  }
  if (!text.includes('\0')) return text;
  throw new Failure(`${from} is no text`, {
    why: 'it holds NUL characters',
    help: 'give it an error message, the JSON of an operation, or rows of the system log',
    exitCode: 2,
  });
}
