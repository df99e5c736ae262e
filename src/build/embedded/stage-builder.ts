import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { HistoryEntry } from '../../oci/image-config.js';
import { BuildError } from '../image-builder.js';
import { DocumentError } from '../../oci/document.js';
import { applyConfigInstruction, type Expand } from './config-instructions.js';
import { expandWord, type Lookup } from './dockerfile/expand.js';
import type { RunInstruction, StageInstruction } from './dockerfile/instructions.js';
import { parseTrigger } from './dockerfile/parse.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { changeDirectory, copyFiles } from './file-instructions.js';
import { cacheKey, type CachedStep } from './build-cache.js';
import { planMounts } from './run-mounts.js';
import { RunError, runCommand, runInputs } from './run-instruction.js';
import { environmentOf, shortId, type StageState } from './stage-state.js';
import { CopyError } from './tree/copy.js';
import { digestDraft } from './tree/draft-digest.js';
import { TreePathError, type FileTree } from './tree/file-tree.js';
import { applyLayer } from './tree/layer-reader.js';
import { writeLayer, type LayerDraft, type WrittenLayer } from './tree/layer-writer.js';
import { existingRootDirectory, forgetRootDirectory } from './tree/root-directory.js';

/** Carries out one instruction of a stage: config or files, a layer, a history entry. */
export async function executeInstruction(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
): Promise<void> {
  execution.signal?.throwIfAborted();
  try {
    const change = await dispatch(execution, state, instruction);
    await commit(execution, state, instruction, change);
  } catch (error) {
    throw placed(execution, instruction, error);
  }
  execution.request.log(` ---> ${shortId(state)}`);
}

/** What base images left for the images built on them runs right after FROM. */
export async function executeTriggers(execution: Execution, state: StageState): Promise<void> {
  const triggers = state.execution.OnBuild ?? [];
  delete state.execution.OnBuild;
  if (triggers.length === 0) return;
  const noun = triggers.length === 1 ? 'trigger' : 'triggers';
  execution.request.log(`# Executing ${triggers.length} build ${noun}`);
  for (const trigger of triggers) await executeInstruction(execution, state, parseTrigger(trigger));
}

/** What an instruction did to the files: nothing, a draft still to be written, or a layer of the cache. */
type Change = { draft: LayerDraft; key?: string } | CachedStep | undefined;

async function dispatch(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
): Promise<Change> {
  const environment = environmentOf(state);
  const lookup: Lookup = (name) => environment.get(name) ?? state.args.get(name);
  const { escape } = execution.dockerfile;
  const expand: Expand = (word) => expandWord(word, { lookup, escape });
  switch (instruction.keyword) {
    case 'ARG':
      execution.args.declare(instruction, state.args, lookup);
      return undefined;
    case 'COPY':
    case 'ADD':
      return { draft: await copyFiles(execution, state, instruction, lookup) };
    case 'WORKDIR': {
      const value = expand(instruction.value);
      return { draft: await changeDirectory(execution, state, instruction, value) };
    }
    case 'RUN':
      return runOrReuse(execution, state, instruction);
    default:
      applyConfigInstruction(state, instruction, expand);
      return undefined;
  }
}

/** A command whose files, environment and text are those of an earlier build is not run again. */
async function runOrReuse(
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
): Promise<Change> {
  const mounts = await planMounts(execution, state, instruction);
  const inputs = runInputs(state, instruction, mounts);
  const key = cacheKey(['run', basis(execution, state), inputs]);
  const step = await findStep(execution, key);
  if (step === undefined)
    return { draft: await runCommand(execution, state, instruction, mounts), key };
  if (step.layer) addLayerToTree(execution, state, step.layer);
  return step;
}

function basis({ request }: Execution, state: StageState): unknown {
  const diffIds = state.layers.map((layer) => layer.diffId);
  return [diffIds, state.platform, request.sourceDateEpoch ?? null];
}

async function findStep(execution: Execution, key: string): Promise<CachedStep | undefined> {
  const { cache, layout, request } = execution;
  const step = request.noCache === true ? undefined : await cache.find(key, layout);
  if (step) request.log(' ---> Using cache');
  return step;
}

/** The files of a layer from the cache are only read when something asks for them. */
function addLayerToTree(execution: Execution, state: StageState, layer: WrittenLayer): void {
  const before = state.tree;
  let tree: Promise<FileTree> | undefined;
  const read = async (): Promise<FileTree> => {
    const base = await before();
    const spoolFile = path.join(execution.workDirectory, `cached-${randomUUID()}`);
    await applyLayer(base, execution.layout.openBlob(layer.descriptor), { spoolFile });
    forgetRootDirectory(base);
    return base;
  };
  state.tree = () => (tree ??= read());
}

async function commit(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
  change: Change,
): Promise<void> {
  const entry: HistoryEntry = {
    created: new Date(execution.now * 1000).toISOString(),
    created_by: instruction.text,
    comment: 'lazurite',
  };
  const layer = change && (await layerOf(execution, state, instruction, change));
  if (layer === undefined) {
    state.history.push({ ...entry, empty_layer: true });
    return;
  }
  state.layers.push(layer);
  state.history.push(entry);
}

async function layerOf(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
  change: NonNullable<Change>,
): Promise<WrittenLayer | undefined> {
  if (!('draft' in change)) return change.layer;
  const { layout, request, cache, signal } = execution;
  const { draft } = change;
  const isEmpty = draft.nodes.size === 0 && (draft.removed?.size ?? 0) === 0;
  if (instruction.keyword !== 'RUN' && !isEmpty) {
    const root = await existingRootDirectory(await state.tree());
    await root?.apply(draft);
    const key = cacheKey(['files', request.sourceDateEpoch ?? null, await digestDraft(draft)]);
    const step = await findStep(execution, key);
    if (step) return step.layer;
    const layer = await writeLayer(draft, layout, request.sourceDateEpoch, signal);
    await cache.store(key, { layer }, layout);
    return layer;
  }
  const layer = isEmpty
    ? undefined
    : await writeLayer(draft, layout, request.sourceDateEpoch, signal);
  if (change.key !== undefined) await cache.store(change.key, { layer }, layout);
  return layer;
}

/** Faults of the Dockerfile get its place; anything else is passed on. */
function placed(execution: Execution, instruction: StageInstruction, error: unknown): unknown {
  const ours =
    error instanceof WordError ||
    error instanceof CopyError ||
    error instanceof TreePathError ||
    error instanceof DocumentError;
  if (error instanceof RunError) return new BuildError(error.message, instruction.line);
  if (!ours) return error;
  const prefix = error instanceof CopyError ? `${instruction.keyword} failed: ` : '';
  return execution.dockerfile.errorAt(instruction, `${prefix}${error.message}`);
}
