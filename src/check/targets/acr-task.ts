import { messageOf } from '../../base/failure.js';
import { formatPlatform, parsePlatform, type Platform } from '../../oci/platform.js';
import { parseTask } from '../../tasks/yaml/parse-task.js';
import type { Step, Task } from '../../tasks/yaml/task.js';
import { TaskYamlError } from '../../tasks/yaml/yaml-error.js';
import type { Position, SourceFile } from '../source/position.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import { readDockerfile } from './dockerfile.js';
import type { ImageBuild, ImageName } from './image-use.js';
import { DEFAULT_PLATFORM, type ReadOptions } from './read-options.js';
import { joinPath } from './relative-path.js';
import { readOptions } from './script/options.js';
import { readScript } from './script/script-reader.js';
import { splitCommands, type ShellWord } from './script/shell-commands.js';
import { imageNameOf } from './script/variables.js';

/** Whether a text is a task file: steps that build, push or run, and nothing of other pipelines. */
export function isAcrTask(text: string): boolean {
  return (
    /^steps:/m.test(text) &&
    /^\s*-\s*(build|push|cmd)\s*:/m.test(text) &&
    !/^(on|jobs|pool|trigger):/m.test(text)
  );
}

/** What a run knows and a file does not; kept as written, so that names that hold them stay open. */
const RUN_FIELDS = [
  ...['ID', 'SharedVolume', 'Registry', 'RegistryName', 'Date', 'Commit', 'Branch', 'TaskName'],
  ...['GitTag', 'User'],
];

/** Programs that `cmd` steps find without an image. */
const BUILT_IN = /^(?:docker|az|acr|bash|curl|cssc|mcr\.microsoft\.com\/acr\/[\w-]+(?::[\w.-]+)?)$/;

/** The images that a task builds, pushes and runs. */
export function readAcrTask(file: SourceFile, options: ReadOptions): TargetContents {
  const run: Record<string, string> = { OS: 'linux', Architecture: 'amd64' };
  for (const field of RUN_FIELDS) run[field] = `\${{Run.${field}}}`;
  let task: Task;
  try {
    const values = { run, values: {}, secrets: new Map<string, string>() };
    task = parseTask({ name: file.path, text: file.text, values });
  } catch (error) {
    if (!(error instanceof TaskYamlError)) throw error;
    const [message = ''] = messageOf(error).split('\n');
    const positions = [{ file: file.path, ...error.position }];
    return {
      ...emptyContents(),
      findings: [{ code: 'LZ1502', message: `${message}.`, positions }],
    };
  }
  let contents = emptyContents();
  for (const step of task.steps) {
    contents = mergeContents([contents, readStep(step, file, options, contents.builds)]);
  }
  const pushed = new Set(task.steps.flatMap((step) => (step.kind === 'push' ? step.images : [])));
  for (const build of contents.builds) build.pushed ||= pushed.has(build.image.text);
  return withoutMarks(contents);
}

/** Gives names that hold a run's fields back in the words of the file. */
function withoutMarks(contents: TargetContents): TargetContents {
  const plain = (text: string): string => text.replaceAll(/\$\{\{(Run\.\w+)\}\}/g, '{{.$1}}');
  const rename = <T extends { image: ImageName }>(named: T): T => {
    const { text, unknown } = named.image;
    const image = { text: plain(text), ...(unknown !== undefined && { unknown: plain(unknown) }) };
    return { ...named, image };
  };
  return { ...contents, uses: contents.uses.map(rename), builds: contents.builds.map(rename) };
}

function readStep(
  step: Step,
  file: SourceFile,
  options: ReadOptions,
  earlier: readonly ImageBuild[],
): TargetContents {
  const position: Position = { file: file.path, line: step.line, column: 1 };
  switch (step.kind) {
    case 'push':
      return emptyContents();
    case 'build':
      return readBuildStep(step.build, position, file, options);
    case 'cmd':
      return readCommand(step, position, earlier);
  }
}

const BUILD_VALUES = ['-t', '--tag', '-f', '--file', '--platform', '--build-arg', '--target'];

function readBuildStep(
  text: string,
  position: Position,
  file: SourceFile,
  options: ReadOptions,
): TargetContents {
  const words = splitCommands(text)[0] ?? [];
  const read = readOptions(words, BUILD_VALUES);
  const asked = read.all('--platform').flatMap((word) => word.text.split(','));
  const platforms = asked.flatMap((one): Platform[] => {
    const platform = parsePlatform(one.trim());
    return platform ? [platform] : [];
  });
  const made = asked.length > 0 ? platforms : [DEFAULT_PLATFORM];
  const contents = emptyContents();
  for (const tag of read.all('-t', '--tag')) {
    contents.builds.push({
      image: imageNameOf(tag.text),
      position,
      tool: 'acr build step',
      platforms: made,
    });
  }
  if (asked.length > 1) {
    contents.findings.push({
      code: 'LZ1403',
      message: `The build step is asked for ${made.map(formatPlatform).join(' and ')} in one build.`,
      fix: 'a build step for each platform, then: - cmd: docker manifest create LIST IMAGE…',
      positions: [position],
    });
  }
  return mergeContents([contents, stepDockerfile(read, made, file, options)]);
}

function stepDockerfile(
  read: ReturnType<typeof readOptions>,
  platforms: Platform[],
  file: SourceFile,
  options: ReadOptions,
): TargetContents {
  const context = read.rest[0]?.text ?? '.';
  const named = read.first('-f', '--file')?.text ?? 'Dockerfile';
  // The context of a run is the folder that is sent with it, as a rule that of the task file.
  if (/[:{$]/.test(context + named)) return emptyContents();
  const path = joinPath(file.path, `${context}/${named}`);
  const text = options.readFile(path);
  if (text === undefined) return emptyContents();
  const buildArgs = new Map(read.all('--build-arg').map((word) => pairOf(word)));
  return readDockerfile({ path, text }, { platforms, because: 'the build step', buildArgs });
}

function pairOf({ text }: ShellWord): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** The first word is an image, unless it is one of the programs that are built in. */
function readCommand(
  step: Step & { kind: 'cmd' },
  position: Position,
  earlier: readonly ImageBuild[],
): TargetContents {
  const [words = []] = splitCommands(step.cmd);
  const [program] = words;
  if (program === undefined) return emptyContents();
  if (!BUILT_IN.test(program.text)) {
    return {
      ...emptyContents(),
      uses: [
        {
          image: imageNameOf(program.text),
          position,
          owner: `step ${step.id}`,
          puller: 'docker',
          needs: [{ platform: DEFAULT_PLATFORM, because: 'registry tasks run on linux/amd64' }],
        },
      ],
    };
  }
  return readScript({
    text: step.cmd.replace(/^bash\s+-c\s+(['"])([\s\S]*)\1\s*$/, '$2'),
    place: () => position,
    owner: `step ${step.id}`,
    lookup: () => undefined,
    expand: (text) => text,
    machine: DEFAULT_PLATFORM,
    earlier,
  });
}
