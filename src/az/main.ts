import { ignoreBrokenPipes } from '../base/broken-pipe.js';
import type { Connection } from '../base/connection.js';
import { Failure, messageOf } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { parseArguments } from './arguments.js';
import { AzError, usageError } from './az-error.js';
import { homeOf, readConnection } from './connection.js';
import { OUTPUT_FORMATS, type OutputFormat } from './global-arguments.js';
import { addResourceGroups } from './resource-group-field.js';
import { resolveCommand } from './resolve.js';
import { Session, type AzIo } from './session.js';
import type { ArgumentReader, CommandSpec } from './spec.js';
import { Transport } from './transport.js';

/**
 * Runs one `az` command line, without the leading `az`.
 *
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 not found
 */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    interrupt.abort(new Error('interrupted'));
  };
  process.once('SIGINT', onSignal);
  ignoreBrokenPipes();
  try {
    return await runAz(argv, {
      stdout: (text) => void process.stdout.write(text),
      stderr: (text) => void process.stderr.write(text),
      colour: process.stdout.isTTY && !process.env['NO_COLOR'],
      environment: process.env,
      signal: interrupt.signal,
      keyboard: {
        get input() {
          return process.stdin; // opened when asked for: a pipe that is open keeps the process alive
        },
        size: () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }),
        onResize: (listener) => {
          process.stdout.on('resize', listener);
          return () => process.stdout.off('resize', listener);
        },
      },
    });
  } finally {
    process.removeListener('SIGINT', onSignal);
  }
}

/** The same with its surroundings passed in. */
export async function runAz(argv: readonly string[], io: AzIo): Promise<number> {
  try {
    const resolved = await resolveCommand(argv.length === 0 ? ['--help'] : argv);
    if (resolved.kind === 'command') return await runCommand(resolved.command, resolved.rest, io);
    if (!resolved.asked) {
      throw usageError('the following arguments are required: _subcommand', [
        '',
        'https://aka.ms/cli_ref',
        'Read more about the command in reference docs',
      ]);
    }
    if (argv.includes('--version') || argv[0] === '-v') return await printVersion(io);
    io.stdout((await import('./help.js')).groupHelp(resolved.path, resolved.commands));
    return 0;
  } catch (error) {
    return report(error, io);
  }
}

async function runCommand(
  command: CommandSpec,
  words: readonly string[],
  io: AzIo,
): Promise<number> {
  const expanded = words.some((word) => word.includes('@'))
    ? (await import('./expand-files.js')).expandFiles(words)
    : words;
  const reader = parseArguments(command, expanded, io.environment);
  if (reader.flag('help')) {
    io.stdout((await import('./help.js')).commandHelp(command));
    return 0;
  }
  const expression = reader.optional('query');
  const query =
    expression === undefined || expression === ''
      ? undefined
      : await (await import('./output/query.js')).compileQuery(expression);
  let opened: { connection: Connection; http: Transport } | undefined;
  const open = (): { connection: Connection; http: Transport } => {
    opened ??= connect(reader, io);
    return opened;
  };
  try {
    const session = new Session({
      open,
      io,
      commandPath: command.path,
      onlyShowErrors: reader.flag('onlyShowErrors'),
    });
    checkSubscription(session, reader);
    const result = await command.run(session, reader);
    // The stock client shows nothing of what it does not wait for.
    if (result === undefined || reader.flag('noWait')) return 0;
    if (command.raw !== true) addResourceGroups(result);
    await print(result, command, reader, io, query);
    return 0;
  } finally {
    opened?.http.close();
  }
}

function connect(reader: ArgumentReader, io: AzIo): { connection: Connection; http: Transport } {
  const connection = readConnection(homeOf(io.environment));
  const debug = (line: string): void => {
    io.stderr(`DEBUG: ${line}\n`);
  };
  return {
    connection,
    http: new Transport(connection.ca, {
      ...(reader.flag('debug') ? { onExchange: debug } : {}),
      ...(io.signal ? { signal: io.signal } : {}),
    }),
  };
}

async function print(
  result: Json,
  command: CommandSpec,
  reader: ArgumentReader,
  io: AzIo,
  query: ((value: Json) => Json) | undefined,
): Promise<void> {
  const { formatResult } = await import('./output/format.js');
  const wanted = reader.text('output');
  const format: OutputFormat = OUTPUT_FORMATS.find((known) => known === wanted) ?? 'json';
  // A query that finds nothing prints nothing, whatever the format.
  const shown = query ? query(result) : result;
  if (shown === null) return;
  io.stdout(
    await formatResult(shown, {
      format,
      colour: io.colour,
      ...(query ? { queried: result } : {}),
      ...(command.table ? { table: command.table } : {}),
    }),
  );
}

function checkSubscription(session: Session, reader: ArgumentReader): void {
  const wanted = reader.optional('subscription');
  if (wanted === undefined) return;
  const { subscriptionId, subscriptionName } = session.connection;
  const isKnown = [subscriptionId, subscriptionName].some(
    (known) => known.toLowerCase() === wanted.toLowerCase(),
  );
  if (isKnown) return;
  throw new AzError(`The subscription of '${wanted}' doesn't exist in cloud 'AzureCloud'.`, {
    advice: [`Lazurite has one: ${subscriptionName} (${subscriptionId}).`],
  });
}

async function printVersion(io: AzIo): Promise<number> {
  const { versionText } = await import('./commands/account.js');
  io.stdout(versionText());
  return 0;
}

function report(error: unknown, io: AzIo): number {
  if (io.signal?.aborted === true) {
    io.stderr('ERROR: Keyboard interrupt is captured.\n');
    return 1;
  }
  if (error instanceof AzError) {
    io.stderr([`ERROR: ${error.message}`, ...error.advice, ''].join('\n'));
    return error.exitCode;
  }
  if (error instanceof Failure) {
    const why = error.why === undefined ? [] : [`Why:  ${error.why}`];
    const help = error.help === undefined ? [] : [`Help: ${error.help}`];
    io.stderr([`ERROR: ${error.message}`, ...why, ...help, ''].join('\n'));
    return error.exitCode;
  }
  const detail =
    error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
  io.stderr(
    `ERROR: The command failed with an unexpected error. Here is the traceback:\n${detail}\n`,
  );
  return 1;
}
