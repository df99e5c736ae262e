import type { HistoryEntry } from '../../oci/image-config.js';
import { BuildError } from '../image-builder.js';
import { DocumentError } from '../../oci/document.js';
import { applyConfigInstruction, type Expand } from './config-instructions.js';
import { expandWord, type Lookup } from './dockerfile/expand.js';
import type { StageInstruction } from './dockerfile/instructions.js';
import { parseTrigger } from './dockerfile/parse.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { changeDirectory, copyFiles } from './file-instructions.js';
import { RunError, runCommand } from './run-instruction.js';
import { environmentOf, shortId, type StageState } from './stage-state.js';
import { CopyError } from './tree/copy.js';
import { TreePathError } from './tree/file-tree.js';
import { writeLayer, type LayerDraft } from './tree/layer-writer.js';
import { existingRootDirectory } from './tree/root-directory.js';

/** Carries out one instruction of a stage: config or files, a layer, a history entry. */
export async function executeInstruction(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
): Promise<void> {
  execution.signal?.throwIfAborted();
  try {
    const draft = await dispatch(execution, state, instruction);
    await commit(execution, state, instruction, draft);
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

async function dispatch(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
): Promise<LayerDraft | undefined> {
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
      return copyFiles(execution, state, instruction, lookup);
    case 'WORKDIR':
      return changeDirectory(execution, state, instruction, expand(instruction.value));
    case 'RUN':
      return runCommand(execution, state, instruction);
    default:
      applyConfigInstruction(state, instruction, expand);
      return undefined;
  }
}

async function commit(
  execution: Execution,
  state: StageState,
  instruction: StageInstruction,
  draft: LayerDraft | undefined,
): Promise<void> {
  const { layout, request, signal } = execution;
  const entry: HistoryEntry = {
    created: new Date(execution.now * 1000).toISOString(),
    created_by: instruction.text,
    comment: 'lazurite',
  };
  if (draft === undefined || (draft.nodes.size === 0 && (draft.removed?.size ?? 0) === 0)) {
    state.history.push({ ...entry, empty_layer: true });
    return;
  }
  if (instruction.keyword !== 'RUN') {
    const root = await existingRootDirectory(await state.tree());
    await root?.apply(draft);
  }
  state.layers.push(await writeLayer(draft, layout, request.sourceDateEpoch, signal));
  state.history.push(entry);
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
