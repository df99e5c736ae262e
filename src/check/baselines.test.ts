import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatPlatformInFull, parsePlatform } from '../oci/platform.js';
import { formatPosition } from './source/position.js';
import type { TargetContents } from './targets/contents.js';
import { readTargetFile } from './targets/read-file.js';

/** `npx vitest run src/check -u` rewrites every golden file; the difference is then reviewed. */
const ROOT = fileURLToPath(new URL('baselines/', import.meta.url));
const NOT_TARGETS = new Set(['options.json', 'contents.txt']);

interface BaselineOptions {
  platforms?: string[];
}

describe.each(readdirSync(ROOT).sort())('baseline %s', (name) => {
  const folder = path.join(ROOT, name);
  const optionsFile = path.join(folder, 'options.json');
  const given = (
    existsSync(optionsFile) ? JSON.parse(readFileSync(optionsFile, 'utf8')) : {}
  ) as BaselineOptions;
  const options = { platforms: given.platforms?.map((text) => parsePlatform(text)!) };

  it('names its images', async () => {
    const files = readdirSync(folder).filter((file) => !NOT_TARGETS.has(file));
    const sections = files.map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const contents = readTargetFile({ path: file, text }, options);
      return [`# ${file}: ${contents.kinds.join(', ')}`, ...describeContents(contents)].join('\n');
    });
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
      const made = platforms.map(formatPlatformInFull).join(', ');
      return `${formatPosition(position)}  built: ${image.text}${unknown}\n    ${tool}; ${made}; pushed: ${String(pushed)}`;
    }),
    ...findings.map(
      ({ code, message, evidence = [], positions = [] }) =>
        `${positions.map(formatPosition).join(' ')}  ${code} ${message}${evidence.map((line) => `\n    ${line}`).join('')}`,
    ),
  ];
}
