import type { HistoryEntry } from '../../oci/image-config.js';
import { formatPlatform } from '../../oci/platform.js';
import { BuildError, type BuildRequest } from '../image-builder.js';
import { DocumentError } from '../../oci/document.js';
import { PlatformMismatchError } from '../../remote/image-resolver.js';
import { RemoteError } from '../../remote/registry-client.js';
import { applyConfigInstruction, type Expand } from './config-instructions.js';
import { expandWord, type Lookup } from './dockerfile/expand.js';
import type {
  FromInstruction,
  RunInstruction,
  StageInstruction,
} from './dockerfile/instructions.js';
import { parseTrigger } from './dockerfile/parse.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { changeDirectory, copyFiles } from './file-instructions.js';
import { cacheKey, type CachedStep } from './build-cache.js';
import { planMounts } from './plan-mounts.js';
import { RunError, runCommand, runInputs } from './run-instruction.js';
import { environmentOf, shortId, type StageState } from './stage-state.js';
import { CopyError } from './tree/copy.js';
import { digestDraft } from './tree/draft-digest.js';
import { TreePathError, type FileTree } from './tree/file-tree.js';
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
type Change = { draft: LayerDraft } | CachedStep | undefined;

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
  const planned = await planMounts(execution, state, instruction);
  const inputs = runInputs(state, instruction, planned);
  const key = cacheKey(['run', basis(execution, state), inputs]);
  const known = await findStep(execution, key);
  if (known) return reuse(execution, state, known);
  if (await execution.running.settled(key)) {
    const made = await findStep(execution, key);
    if (made) return reuse(execution, state, made);
  }
  return execution.running.run(key, async () => {
    const root = await runCommand(execution, state, instruction, planned);
    // Stored before others stop waiting for it.
    const layer = await storeLayer(execution, await root.takeChanges(), key);
    await root.settle(layer);
    return { layer };
  });
}

function reuse(execution: Execution, state: StageState, step: CachedStep): CachedStep {
  if (step.layer) addLayerToTree(execution, state, step.layer);
  return step;
}

function basis({ request }: Execution, state: StageState): unknown {
  const diffIds = state.layers.map((layer) => layer.diffId);
  return [diffIds, state.platform, layerForm(request)];
}

/** What decides how a draft is written as a layer. */
function layerForm(request: BuildRequest): unknown {
  return [request.sourceDateEpoch ?? null, request.compression ?? 'gzip'];
}

async function findStep(execution: Execution, key: string): Promise<CachedStep | undefined> {
  const { cache, layout, request } = execution;
  const step = request.noCache === true ? undefined : await cache.find(key, layout);
  if (step) execution.report.cached();
  return step;
}

/** The files of a layer from the cache are only read when something asks for them. */
function addLayerToTree(execution: Execution, state: StageState, layer: WrittenLayer): void {
  const before = state.tree;
  let tree: Promise<FileTree> | undefined;
  const read = async (): Promise<FileTree> => {
    const base = await before();
    const { layout, workDirectory: spoolDirectory } = execution;
    await execution.unpacked.apply(base, layer, { layout, spoolDirectory });
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
    created_by: instruction.text,
    comment: 'lazurite',
  };
  const layer = change && (await layerOf(execution, state, change));
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
  change: NonNullable<Change>,
): Promise<WrittenLayer | undefined> {
  if (!('draft' in change)) return change.layer;
  const { draft } = change;
  if (isEmpty(draft)) return undefined;
  const root = await existingRootDirectory(await state.tree());
  await root?.apply(draft);
  const content = await digestDraft(draft, execution.digests);
  const key = cacheKey(['files', layerForm(execution.request), content]);
  const step = await findStep(execution, key);
  return step ? step.layer : storeLayer(execution, draft, key);
}

function isEmpty(draft: LayerDraft): boolean {
  return draft.nodes.size === 0 && (draft.removed?.size ?? 0) === 0;
}

async function storeLayer(
  { layout, request, cache, signal }: Execution,
  draft: LayerDraft,
  key: string,
): Promise<WrittenLayer | undefined> {
  const { compression = 'gzip', sourceDateEpoch: epoch } = request;
  const layer = isEmpty(draft)
    ? undefined
    : await writeLayer(draft, layout, { compression, epoch, signal });
  await cache.store(key, { layer }, layout);
  return layer;
}

const PLACED_ERRORS: readonly (new (...parts: never[]) => Error)[] = [
  ...[WordError, CopyError, TreePathError, DocumentError],
  ...[RemoteError, PlatformMismatchError],
];

/** Faults of the Dockerfile, and what a registry refuses it, get its place; anything else is passed on. */
export function placed(
  execution: Pick<Execution, 'dockerfile' | 'step'>,
  instruction: StageInstruction | FromInstruction,
  error: unknown,
): unknown {
  const ours =
    PLACED_ERRORS.some((type) => error instanceof type) ||
    (error instanceof BuildError && error.line === undefined);
  if (error instanceof RunError) return runFailure(execution, instruction, error);
  if (!ours || !(error instanceof Error)) return error;
  const prefix = error instanceof CopyError ? `${instruction.keyword} failed: ` : '';
  return execution.dockerfile.errorAt(instruction, `${prefix}${error.message}`);
}

/** Docker's sentence first, then where it stands, and what the command said last. */
function runFailure(
  { dockerfile, step }: Pick<Execution, 'dockerfile' | 'step'>,
  instruction: StageInstruction | FromInstruction,
  error: RunError,
): BuildError {
  const stage = step.stage === undefined ? '' : ` of stage ${step.stage}`;
  const where = `step ${step.number} of ${step.total}${stage}, for ${formatPlatform(step.platform)}`;
  const placedAt = dockerfile.errorAt(instruction, `RUN failed in ${where}`);
  const lines = error.lastLines.map((line) => `\n  | ${line}`).join('');
  const last = lines === '' ? '' : `\nThe last lines of its output:${lines}`;
  return new BuildError(`${error.message}\n${placedAt.message}${last}`, instruction.line);
}
