import type { Readable } from 'node:stream';
import { AzError } from '../az-error.js';
import type { Keyboard, Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import type { ClientSocket } from '../client-socket.js';
import { consolePath, streamBase, streamToken } from './logs.js';

const FORWARD = 0;
const INFO = 1;
const STDIN = Buffer.from([FORWARD, 0]);
const RESIZE = Buffer.from([FORWARD, 4]);

/** `az containerapp exec`: what is typed here runs there. */
export async function execInContainer(session: Session, args: ArgumentReader): Promise<undefined> {
  const group = args.text('resourceGroup');
  const name = args.text('name');
  const path = await consolePath(session, args, group, name);
  const [token, base] = await Promise.all([
    streamToken(session, group, name),
    streamBase(session, group, name),
  ]);
  const url = new URL(
    `${base}${session.subscription}/resourceGroups/${encodeURIComponent(group)}/containerApps/${encodeURIComponent(name)}${path}/exec`,
  );
  url.searchParams.set('command', args.optional('startupCommand') ?? 'sh');
  const socket = await session.http.openSocket(url.href, { authorization: `Bearer ${token}` });
  const stopTyping = session.io.keyboard ? type(socket, session.io.keyboard) : () => undefined;
  try {
    session.warn('Use ctrl + D to exit.');
    for await (const frame of socket.frames()) print(session, frame);
    session.warn('Disconnecting...');
  } finally {
    stopTyping();
    socket.close();
  }
  return undefined;
}

/** Keys as they come: the terminal at the other end echoes and edits. */
function type(socket: ClientSocket, { input, size, onResize }: Keyboard): () => void {
  const isTerminal = input.isTTY === true;
  const sendSize = (): void => {
    const { columns, rows } = size();
    socket.send(
      Buffer.concat([RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))]),
    );
  };
  const onData = (bytes: Buffer): void => {
    socket.send(Buffer.concat([STDIN, bytes]));
  };
  // The end of a file is what Ctrl-D is at a terminal.
  const onEnd = (): void => {
    socket.send(Buffer.concat([STDIN, Buffer.from([4])]));
  };
  sendSize();
  const stopSizes = onResize(sendSize);
  if (isTerminal) input.setRawMode?.(true);
  input.on('data', onData).on('end', onEnd);
  return () => {
    stopSizes();
    input.off('data', onData).off('end', onEnd);
    if (isTerminal) input.setRawMode?.(false);
    (input as Readable).pause();
  };
}

function print(session: Session, frame: Buffer): void {
  if (frame[0] === FORWARD && (frame[1] === 1 || frame[1] === 2)) {
    session.io.stdout(frame.subarray(2).toString());
  } else if (frame[0] === INFO) {
    session.io.stdout(`INFO: ${frame.subarray(1).toString()}\n`);
  } else if (frame[0] === 2) {
    session.io.stdout(`ERROR: ${frame.subarray(1).toString()}\n`);
  } else {
    throw new AzError('Unexpected message received');
  }
}
