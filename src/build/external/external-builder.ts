import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseManifest } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import {
  BuildError,
  type BuildRequest,
  type BuiltImage,
  type ImageBuilder,
} from '../image-builder.js';
import { secretMask } from '../secret-mask.js';

/** A build as a program on this machine is told of it. */
export interface ExternalBuild {
  request: BuildRequest;
  /** Absolute. */
  dockerfile: string;
  /** `id=NAME,src=FILE` for each secret; the files go after the build. */
  secrets: string[];
  /** Takes the image. */
  layoutDirectory: string;
  /** For anything else; goes after the build. */
  scratch: string;
  signal: AbortSignal | undefined;
}

/** A builder that is another program: `act` has it write an OCI layout with one image. */
export function externalBuilder(
  name: string,
  act: (build: ExternalBuild) => Promise<void>,
): ImageBuilder {
  return {
    name,
    async build(request, signal) {
      const mask = secretMask(request.secrets); // programs print what their commands print
      // Two folders side by side: whoever takes the image removes its folder, and nothing is left around it.
      const layoutDirectory = await mkdtemp(path.join(tmpdir(), `lazurite-${name}-`));
      const scratch = await mkdtemp(`${layoutDirectory}-`);
      try {
        const secrets = await writeSecrets(request, scratch);
        const { dockerfileDirectory = request.contextDirectory } = request;
        const dockerfile = path.resolve(dockerfileDirectory, request.dockerfile);
        const log = (line: string): void => {
          request.log(mask(line));
        };
        const masked = { ...request, log };
        await act({ request: masked, dockerfile, secrets, layoutDirectory, scratch, signal });
        return await onlyImage(layoutDirectory);
      } catch (error) {
        await rm(layoutDirectory, { recursive: true, force: true });
        throw error instanceof BuildError ? new BuildError(mask(error.message), error.line) : error;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}

async function writeSecrets({ secrets }: BuildRequest, directory: string): Promise<string[]> {
  const flags: string[] = [];
  for (const [id, value] of secrets ?? []) {
    const file = path.join(directory, `secret-${flags.length}`);
    await writeFile(file, value, { mode: 0o600 });
    flags.push(`id=${id},src=${file}`);
  }
  return flags;
}

async function onlyImage(layoutDirectory: string): Promise<BuiltImage> {
  const bytes = await readFile(path.join(layoutDirectory, 'index.json'));
  const parsed = parseManifest(bytes, MEDIA_TYPE.ociIndex);
  const [manifest, ...others] = parsed.kind === 'index' ? parsed.index.manifests : [];
  if (manifest === undefined || others.length > 0) {
    throw new BuildError(`the builder left ${others.length + 1} images where one was asked for`);
  }
  return { layoutDirectory, manifest };
}

/** `--flag name=value` for each entry. */
export function pairFlags(flag: string, pairs: Iterable<[string, string]> = []): string[] {
  return [...pairs].flatMap(([name, value]) => [flag, `${name}=${value}`]);
}
