import { BuildError } from '../../build/image-builder.js';
import { expandWord } from '../../build/embedded/dockerfile/expand.js';
import type { Stage } from '../../build/embedded/dockerfile/instructions.js';
import { parseDockerfile, type ParsedDockerfile } from '../../build/embedded/dockerfile/parse.js';
import { WordError } from '../../build/embedded/dockerfile/words.js';
import { parseReference } from '../../oci/reference.js';
import { formatPlatform, parsePlatform, type Platform } from '../../oci/platform.js';
import { platformMatches } from '../../oci/platform/matching.js';
import type { SourceFile } from '../source/position.js';
import { emptyContents, type TargetContents } from './contents.js';
import type { ImageName, ImageUse } from './image-use.js';
import { DEFAULT_PLATFORM } from './read-options.js';

/** What a Dockerfile is built with. */
export interface DockerfileBuild {
  /** Every platform it is built for. */
  platforms: readonly Platform[];
  /** What says so, e.g. `'--platform'`. */
  because: string;
  buildArgs: ReadonlyMap<string, string>;
}

/** The images that a Dockerfile starts from and copies out of, for each platform it is built for. */
export function readDockerfile(file: SourceFile, build: DockerfileBuild): TargetContents {
  const contents = emptyContents();
  let parsed: ParsedDockerfile;
  try {
    parsed = parseDockerfile(file.path, file.text);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const [message = ''] = error.message.split('\n');
    const place = /^(.*?):(\d+):(\d+): /.exec(message);
    const position = {
      file: file.path,
      line: Number(place?.[2] ?? 1),
      column: Number(place?.[3] ?? 1),
    };
    contents.findings.push({ code: 'LZ1502', message: `${message}.`, positions: [position] });
    return contents;
  }
  const uses = new Map<string, ImageUse>();
  for (const platform of build.platforms) {
    new PlatformReader(file, parsed, build, platform).read(uses, contents);
  }
  contents.uses.push(...uses.values());
  return contents;
}

/** Reads the file as it is built for one platform. */
class PlatformReader {
  readonly #file: SourceFile;
  readonly #parsed: ParsedDockerfile;
  readonly #build: DockerfileBuild;
  readonly #target: Platform;
  readonly #globals: Map<string, string | undefined>;

  constructor(
    file: SourceFile,
    parsed: ParsedDockerfile,
    build: DockerfileBuild,
    target: Platform,
  ) {
    this.#file = file;
    this.#parsed = parsed;
    this.#build = build;
    this.#target = target;
    this.#globals = platformArguments(target);
    for (const instruction of parsed.globalArgs) {
      for (const { name, value } of instruction.args) {
        const given =
          build.buildArgs.get(name) ?? (value === undefined ? undefined : this.#expand(value).text);
        if (given !== undefined || !this.#globals.has(name)) this.#globals.set(name, given);
      }
    }
  }

  read(uses: Map<string, ImageUse>, contents: TargetContents): void {
    const { stages } = this.#parsed;
    for (const stage of stages) {
      const { from } = stage;
      const image = this.#expand(from.image);
      if (this.#stageNamed(image.text, stage.index) || image.text === 'scratch') continue;
      const shown = from.alias ?? String(stage.index);
      this.#add(uses, image, from, `stage ${shown}`, this.#stagePlatform(stage));
    }
    for (const stage of stages) this.#readCopies(stage, uses);
    const last = stages.at(-1);
    if (last) this.#judgeLastStage(last, contents);
  }

  #readCopies(stage: Stage, uses: Map<string, ImageUse>): void {
    for (const instruction of stage.instructions) {
      const sources =
        instruction.keyword === 'COPY' || instruction.keyword === 'ADD'
          ? [instruction.from]
          : instruction.keyword === 'RUN'
            ? instruction.mounts.map((mount) => mount.get('from'))
            : [];
      for (const source of sources) {
        if (source === undefined) continue;
        const image = this.#expand(source);
        const isStage = this.#stageNamed(image.text, stage.index) !== undefined;
        // A name that is no stage may also be a build context given on the command line.
        if (isStage || parseReference(image.text) === undefined || !/[/:.]/.test(image.text))
          continue;
        this.#add(uses, image, instruction, `${instruction.keyword} --from`, this.#target);
      }
    }
  }

  #add(
    uses: Map<string, ImageUse>,
    image: ImageName,
    { line, column }: { line: number; column: number },
    owner: string,
    platform: Platform,
  ): void {
    const key = `${image.text} ${line} ${owner}`;
    const use: ImageUse = uses.get(key) ?? {
      image,
      position: { file: this.#file.path, line, column },
      owner: `${this.#file.path}, ${owner}`,
      puller: 'builder',
      needs: [],
    };
    const known = use.needs.some(
      (need) => formatPlatform(need.platform) === formatPlatform(platform),
    );
    const own = formatPlatform(platform) === formatPlatform(this.#target);
    const because = own ? this.#build.because : 'FROM --platform';
    if (!known) use.needs.push({ platform, because });
    uses.set(key, use);
  }

  #stageNamed(name: string, before: number): Stage | undefined {
    const earlier = this.#parsed.stages.slice(0, before);
    const byIndex = /^\d+$/.test(name) ? earlier[Number(name)] : undefined;
    return byIndex ?? earlier.find(({ from }) => from.alias === name.toLowerCase());
  }

  #stagePlatform(stage: Stage): Platform {
    const { platform, image } = stage.from;
    const asked = platform === undefined ? undefined : parsePlatform(this.#expand(platform).text);
    if (asked) return asked;
    const base = this.#stageNamed(this.#expand(image).text, stage.index);
    return base ? this.#stagePlatform(base) : this.#target;
  }

  /** What the last stage is made of is what runs. */
  #judgeLastStage(stage: Stage, contents: TargetContents): void {
    const platform = this.#stagePlatform(stage);
    if (platformMatches(platform, this.#target)) return;
    const { line, column } = stage.from;
    contents.findings.push({
      code: 'LZ1404',
      message: `The last stage of ${this.#file.path} is tied to ${formatPlatform(platform)}, and so is the image for ${formatPlatform(this.#target)}.`,
      evidence: [stage.from.text],
      fix: `FROM ${stage.from.image}`,
      positions: [{ file: this.#file.path, line, column }],
    });
  }

  #expand(text: string): ImageName {
    let unknown: string | undefined;
    const lookup = (name: string): string | undefined => {
      const value = this.#globals.get(name);
      if (value === undefined) unknown ??= `$${name}`;
      return value;
    };
    try {
      const expanded = expandWord(text, { lookup, escape: this.#parsed.escape });
      // A default behind the name makes up for the value that is not there.
      const open = unknown !== undefined && !/:[-+]/.test(text);
      return open ? { text, unknown: unknown ?? '' } : { text: expanded };
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      return { text, unknown: error.message };
    }
  }
}

/** @see https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function platformArguments(target: Platform): Map<string, string | undefined> {
  return new Map<string, string | undefined>([
    ['TARGETPLATFORM', formatPlatform(target)],
    ['TARGETOS', target.os],
    ['TARGETARCH', target.architecture],
    ['TARGETVARIANT', target.variant ?? ''],
    ['BUILDPLATFORM', formatPlatform(DEFAULT_PLATFORM)],
    ['BUILDOS', DEFAULT_PLATFORM.os],
    ['BUILDARCH', DEFAULT_PLATFORM.architecture],
    ['BUILDVARIANT', ''],
  ]);
}
