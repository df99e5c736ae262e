import { parsePlatform, type Platform } from '../../../oci/platform.js';
import type { ImageBuild } from '../image-use.js';
import { readOptions, type Options } from './options.js';
import type { CommandContext } from './command-context.js';
import type { ShellCommand } from './shell-commands.js';
import { imageNameOf } from './variables.js';

const BUILD_VALUES = [
  ...['-t', '--tag', '--platform', '-o', '--output', '-f', '--file', '--build-arg', '--target'],
  ...['--builder', '--cache-from', '--cache-to', '--label', '--secret', '--ssh', '--network'],
  ...['--manifest', '--iidfile', '--metadata-file', '--build-context', '--progress'],
];

/** `docker build`, `docker buildx build` and their like. */
export function readBuild(
  names: readonly string[],
  words: ShellCommand,
  { script, contents, expand }: CommandContext,
): void {
  const options = readOptions(words, BUILD_VALUES);
  const asked = options.all('--platform').flatMap((word) => expand(word).split(','));
  const platforms = asked.length > 0 ? readPlatforms(asked) : [script.machine];
  const outputs = options.all('-o', '--output').map((word) => expand(word));
  const pushed =
    options.has('--push') || outputs.some((output) => /push=true|type=registry/.test(output));
  const tool = names.join(' ');
  const tags = options.all('-t', '--tag', '--manifest');
  for (const tag of tags) {
    contents.builds.push({
      image: imageNameOf(expand(tag)),
      position: script.place(tag.offset),
      tool,
      ...(platforms && { platforms }),
      ...(pushed && { pushed }),
    });
  }
  const [first] = options.all('--platform');
  if (first && asked.length > 1 && isDropped(names, options, pushed, outputs)) {
    contents.findings.push({
      code: 'LZ1405',
      message: `${tool} makes ${asked.join(' and ')}, and keeps neither.`,
      fix: `add --push to: ${tool} --platform ${asked.join(',')}`,
      positions: [script.place(first.offset)],
    });
  }
}

/** Only buildx with a builder of its own drops what it made: the others keep it in their store. */
function isDropped(
  names: readonly string[],
  options: Options,
  pushed: boolean,
  outputs: readonly string[],
): boolean {
  return names.includes('buildx') && !pushed && outputs.length === 0 && !options.has('--load');
}

/** @returns undefined when one of them is known only later */
function readPlatforms(texts: readonly string[]): Platform[] | undefined {
  const platforms = texts.map((text) => parsePlatform(text.trim()));
  return platforms.every((platform) => platform !== undefined) ? platforms : undefined;
}

/** `docker push IMAGE`: what was built here goes to a registry. */
export function readPush(words: ShellCommand, { built, expand }: CommandContext): void {
  const [word] = readOptions(words, []).rest;
  if (word === undefined) return;
  const text = expand(word);
  for (const build of built()) if (build.image.text === text) build.pushed = true;
}

/** `docker tag A B`: B is what A is. */
export function readTag(
  words: ShellCommand,
  { script, contents, built, expand }: CommandContext,
): void {
  const [from, to] = readOptions(words, []).rest;
  if (from === undefined || to === undefined) return;
  const source = expand(from);
  const build = built().find(({ image }) => image.text === source);
  if (build === undefined) return;
  contents.builds.push({
    ...withoutPush(build),
    image: imageNameOf(expand(to)),
    position: script.place(to.offset),
  });
}

function withoutPush({ image, position, tool, platforms }: ImageBuild): ImageBuild {
  return { image, position, tool, ...(platforms && { platforms }) };
}

/** `docker manifest create LIST IMAGE…`: an index of what was built here, else of what is known later. */
export function readManifestCreate(words: ShellCommand, context: CommandContext): void {
  const [list, ...images] = readOptions(words, []).rest;
  addIndex(list, images, 'docker manifest create', context);
}

/** `docker buildx imagetools create -t LIST IMAGE…` */
export function readImagetools(words: ShellCommand, context: CommandContext): void {
  const options = readOptions(words, ['-t', '--tag', '-f', '--file', '--annotation']);
  for (const tag of options.all('-t', '--tag')) {
    addIndex(tag, options.rest, 'docker buildx imagetools create', context);
  }
}

function addIndex(
  list: ShellCommand[number] | undefined,
  images: ShellCommand,
  tool: string,
  { script, contents, built, expand }: CommandContext,
): void {
  if (list === undefined) return;
  const children = images.map((word) => {
    const text = expand(word);
    return built().find(({ image }) => image.text === text)?.platforms;
  });
  const known = children.every((platforms) => platforms !== undefined);
  contents.builds.push({
    image: imageNameOf(expand(list)),
    position: script.place(list.offset),
    tool,
    ...(known && children.length > 0 && { platforms: children.flat() }),
    pushed: true,
  });
}
