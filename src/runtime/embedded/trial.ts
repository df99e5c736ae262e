import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../base/failure.js';
import { digestOf } from '../../oci/digest.js';
import type { UnpackedImage } from '../runtime.js';
import { CellError } from './cell.js';
import type { LayerNotes } from './layers/extract.js';
import { makeOverlayNodes } from './layers/overlay-nodes.js';
import type { Machine } from './machine.js';
import { EmbeddedSandbox } from './sandbox.js';

let trials = 0;
/** Many times what the slowest machine takes. */
const TRIAL_MS = 20_000;

/**
 * Runs the smallest container there is, from an image of two layers, the way every later one will run.
 * What fails once is tried again: a machine in trouble for a moment (no memory, a cgroup that somebody
 * tidied away) shall not cost a level until the next start.
 *
 * @throws what went wrong, when containers cannot run this way here.
 */
export async function tryMachine(machine: Machine): Promise<void> {
  try {
    await runTrial(machine);
  } catch (error) {
    if (error instanceof CellError) throw error;
    machine.logger.warn({ level: machine.level, reason: messageOf(error) }, 'a trial failed');
    await runTrial(machine);
  }
}

async function runTrial(machine: Machine): Promise<void> {
  await machine.layers.open();
  const directory = await machine.layers.scratch();
  const id = `trial-${process.pid}-${++trials}`;
  const patience = new AbortController();
  let sandbox: EmbeddedSandbox | undefined;
  try {
    const image = await trialImage(directory, machine);
    sandbox = await EmbeddedSandbox.create(machine, { id, hostname: 'trial' }, () => undefined);
    let output = '';
    let onOutput: () => void = () => undefined;
    const spoke = new Promise<void>((resolve) => (onOutput = resolve));
    const container = await sandbox.run({
      name: 'trial',
      rootfs: { image },
      argv: ['/cell', 'serve'],
      env: [],
      workingDir: '/',
      user: '',
      limits: { cpu: 1, memoryBytes: 64 * 1024 * 1024 },
      onOutput: (_stream, chunk) => {
        output += chunk.toString();
        onOutput();
      },
    });
    await Promise.race([spoke, container.exited]);
    const exit = await Promise.race([
      connectTo(sandbox, Number.parseInt(output, 10)).then(() => container.exited),
      container.exited,
      machine.clock.sleep(TRIAL_MS, patience.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    if (exit?.code !== 0) {
      throw new Error(output.trim() || `a trial container ended with ${exit?.code ?? 'nothing'}`);
    }
  } finally {
    patience.abort();
    await sandbox?.remove();
    await machine.layers.close();
  }
}

async function connectTo(sandbox: EmbeddedSandbox, port: number): Promise<void> {
  if (Number.isNaN(port)) return; // it did not come that far
  const connection = await sandbox.dial(port);
  connection.on('error', () => undefined).end('x');
  connection.resume();
}

async function trialImage(directory: string, machine: Machine): Promise<UnpackedImage> {
  const notes: LayerNotes = {
    whiteouts: ['gone'],
    opaques: [],
    implicit: [],
    pipes: [],
    capabilities: [],
    skippedDevices: 0,
  };
  const layerPaths = [join(directory, 'base', 'fs'), join(directory, 'top', 'fs')];
  for (const path of layerPaths) await mkdir(path, { recursive: true, mode: 0o755 });
  const [base = '', top = ''] = layerPaths;
  await copyFile(machine.cell, join(base, 'cell'));
  await writeFile(join(base, 'gone'), '');
  await makeOverlayNodes(machine.cell, top, notes, machine.layers.format);
  const record = { diffId: digestOf(''), ...notes };
  await writeFile(join(dirname(top), 'layer.json'), JSON.stringify(record));
  return {
    manifestDigest: digestOf(''),
    config: { os: 'linux', architecture: '', rootfs: { type: 'layers', diff_ids: [] } },
    layerPaths,
    size: 0,
  };
}
