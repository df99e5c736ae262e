import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.js';
import { parsePlatform } from '../platform.js';
import { NO_MATCH_TEXT, wrongPlatformText } from './no-match.js';

const digest = digestOf('');
const missing = { wanted: parsePlatform('linux/arm64')!, reference: 'r.test/app:v1', digest };

describe('NO_MATCH_TEXT', () => {
  const expected: Record<keyof typeof NO_MATCH_TEXT, string> = {
    azure: 'no child with platform linux/arm64 found in manifest list for r.test/app:v1',
    crane: 'no child with platform linux/arm64 in index r.test/app:v1',
    docker: 'no matching manifest for linux/arm64 in the manifest list entries',
    dockerHost: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
    dockerContainerd:
      'no matching manifest for linux/arm64 in the manifest list entries: no match for platform in manifest: not found',
    containerd: 'no match for platform in manifest: not found',
    ctr: `no match for platform in manifest ${digest}: not found`,
    dockerRun:
      'image with reference r.test/app:v1 was found but does not provide the specified platform (linux/arm64)',
    skopeoList: 'no image found in manifest list for architecture "arm64", variant "", OS "linux"',
    skopeoIndex: 'no image found in image index for architecture "arm64", variant "", OS "linux"',
    oras: `${digest}: not found: no matching manifest was found in the manifest list`,
    regctl: 'platform not found: linux/arm64',
    imagetools: 'none of the manifests match the provided platforms',
    fargate: "image Manifest does not contain descriptor matching platform 'linux/arm64'",
  };

  it.each(Object.entries(expected))('%s', (speaker, text) => {
    expect(NO_MATCH_TEXT[speaker as keyof typeof NO_MATCH_TEXT](missing)).toBe(text);
  });

  it('names the reference for oras and ctr when the digest is not known', () => {
    const { wanted, reference } = missing;
    expect(NO_MATCH_TEXT.oras({ wanted, reference })).toMatch(/^r\.test\/app:v1: not found: /);
    expect(NO_MATCH_TEXT.ctr({ wanted, reference })).toMatch(
      / manifest r\.test\/app:v1: not found$/,
    );
  });
});

it.each([
  ['linux/arm64', 'image OS/Arc must be linux/amd64 but found linux/arm64'],
  [undefined, 'image OS/Arc must be linux/amd64 but found unknown'],
])('wrongPlatformText of %s', (found, text) => {
  const platform = found === undefined ? undefined : parsePlatform(found);
  expect(wrongPlatformText(parsePlatform('linux/amd64')!, platform)).toBe(text);
});
