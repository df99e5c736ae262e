import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatPlatformInFull, parsePlatform } from '../oci/platform.js';
import { formatPosition } from './source/position.js';
import type { TargetContents } from './targets/contents.js';
import { readTargetFile } from './targets/read-file.js';
import { defaultReadOptions, type ReadOptions } from './targets/read-options.js';

/** `npx vitest run src/check -u` rewrites every golden file; the difference is then reviewed. */
const ROOT = fileURLToPath(new URL('baselines/', import.meta.url));
const NOT_TARGETS = new Set(['options.json', 'contents.txt']);

interface BaselineOptions {
  platforms?: string[];
  parameters?: string[];
  resourceGroup?: string;
  subscription?: string;
  profilePlatforms?: Record<string, string>;
  environment?: Record<string, string>;
  buildArgs?: Record<string, string>;
  /** The files to read; every one when absent. */
  targets?: string[];
}

describe.each(readdirSync(ROOT).sort())('baseline %s', (name) => {
  const folder = path.join(ROOT, name);
  const optionsFile = path.join(folder, 'options.json');
  const given = (
    existsSync(optionsFile) ? JSON.parse(readFileSync(optionsFile, 'utf8')) : {}
  ) as BaselineOptions;
  const readFile = (file: string): string | undefined =>
    existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : undefined;
  const options: ReadOptions = {
    ...defaultReadOptions(readFile),
    platforms: given.platforms?.map((text) => parsePlatform(text)!),
    parameters: given.parameters ?? [],
    ...(given.resourceGroup && { resourceGroup: given.resourceGroup }),
    ...(given.subscription && { subscription: given.subscription }),
    profilePlatforms: new Map(
      Object.entries(given.profilePlatforms ?? {}).map(([name, text]) => [
        name.toLowerCase(),
        parsePlatform(text)!,
      ]),
    ),
    buildArgs: new Map(Object.entries(given.buildArgs ?? {})),
    environment: given.environment ?? {},
  };

  it('names its images', async () => {
    const files = readdirSync(folder).filter((file) => !NOT_TARGETS.has(file));
    const sections: string[] = [];
    for (const file of given.targets ?? files) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const contents = await readTargetFile({ path: file, text }, options);
      const head = `# ${file}: ${contents.kinds.join(', ')}`;
      sections.push([head, ...describeContents(contents)].join('\n'));
    }
    await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot(
      path.join(folder, 'contents.txt'),
    );
  });
});

/** A line for each use, build and finding. */
function describeContents({ uses, builds, findings }: TargetContents): string[] {
  return [
    ...uses.map(({ image, position, owner, puller, needs, anyContent }) => {
      const wanted = needs.map(
        ({ platform, because, preference }) =>
          `${formatPlatformInFull(platform)} (${because}${preference ? `, preferred ${preference}` : ''})`,
      );
      const place = position ? formatPosition(position) : '-';
      const unknown = image.unknown === undefined ? '' : `  unknown: ${image.unknown}`;
      return `${place}  ${image.text}${unknown}\n    ${owner}; ${puller}${anyContent ? ', any content' : ''}; ${wanted.join(', ') || 'no platform'}`;
    }),
    ...builds.map(({ image, position, tool, platforms, pushed }) => {
      const unknown = image.unknown === undefined ? '' : `  unknown: ${image.unknown}`;
      const made = platforms?.map(formatPlatformInFull).join(', ') ?? 'platforms known later';
      return `${formatPosition(position)}  built: ${image.text}${unknown}\n    ${tool}; ${made}; pushed: ${String(pushed)}`;
    }),
    ...findings.map(
      ({ code, message, evidence = [], positions = [] }) =>
        `${positions.map(formatPosition).join(' ')}  ${code} ${message}${evidence.map((line) => `\n    ${line}`).join('')}`,
    ),
  ];
}
