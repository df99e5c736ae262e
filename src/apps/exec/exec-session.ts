import type { WebSocket } from 'ws';
import { messageOf } from '../../base/failure.js';
import type { Container, Execution } from '../../runtime/runtime.js';
import {
  errorFrame,
  infoFrame,
  outputFrame,
  readClientFrame,
  wholeCharacters,
} from './exec-frames.js';

export interface ExecTarget {
  revision: string;
  replica: string;
  container: string;
}

/** Until the client says how large its window is. */
const FIRST_SIZE = { columns: 80, rows: 24 };

/** Runs a program in a container for one client, until either of them ends. Never throws. */
export async function runExecSession(
  socket: WebSocket,
  container: Container,
  argv: string[],
  target: ExecTarget,
): Promise<void> {
  const early: Buffer[] = [];
  const hold = (data: Buffer): void => void early.push(data);
  socket.on('message', hold);
  socket.on('error', () => {
    socket.terminate(); // what breaks the protocol also ends it
  });
  socket.send(
    infoFrame(`Connecting to the container '${target.container}'...\nUse ctrl + D to exit.`),
  );
  socket.send(
    infoFrame(
      `Successfully connected to container: '${target.container}'. [ Revision: '${target.revision}', Replica: '${target.replica}']`,
    ),
  );
  const execution = await start(socket, container, argv);
  if (execution) {
    socket.off('message', hold);
    await attend(socket, execution, early);
  }
  socket.close(1000);
}

async function start(
  socket: WebSocket,
  container: Container,
  argv: string[],
): Promise<Execution | undefined> {
  try {
    return await container.exec({ argv, terminal: FIRST_SIZE });
  } catch (error) {
    const why = `Internal error occurred: error executing command in container: failed to exec in container: OCI runtime exec failed: exec failed: ${messageOf(error)}`;
    socket.send(clusterFailure(why));
    return undefined;
  }
}

async function attend(socket: WebSocket, execution: Execution, early: Buffer[]): Promise<void> {
  const hear = (data: Buffer): void => {
    const frame = readClientFrame(data);
    if (frame.kind === 'resize') execution.resize(frame.size);
    if (frame.kind === 'typed' && !execution.input.write(frame.bytes)) socket.pause();
  };
  execution.input.on('drain', () => {
    socket.resume();
  });
  socket.on('message', hear);
  for (const data of early) hear(data);
  const end = (): void => {
    execution.kill();
  };
  if (socket.readyState === socket.OPEN) socket.on('close', end);
  else end();
  await show(socket, execution);
  const { code } = await execution.exited;
  socket.off('close', end);
  if (code !== 0 && socket.readyState === socket.OPEN) {
    socket.send(clusterFailure(`command terminated with non-zero exit code: exit status ${code}`));
  }
}

/** As fast as the client takes it. */
async function show(socket: WebSocket, execution: Execution): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of execution.output as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = wholeCharacters(bytes);
    rest = bytes.subarray(whole);
    if (whole > 0) await sent(socket, outputFrame(bytes.subarray(0, whole)));
  }
  if (rest.length > 0) await sent(socket, outputFrame(rest));
}

/** To a client that has gone, nothing is sent. */
function sent(socket: WebSocket, frame: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else
      socket.send(frame, () => {
        resolve();
      });
  });
}

function clusterFailure(why: string): Buffer {
  return errorFrame('ClusterExecFailure', `Cluster exec API returns error: ${why}, code: 500.`);
}
