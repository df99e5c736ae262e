import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ContainerRegistryContentClient } from '@azure/container-registry';
import { digestHex, digestOf, type Digest } from '../../src/oci/digest.js';
import { describeRegistryClient } from './registry-clients.js';

interface Manifest {
  mediaType: string;
  config?: { digest: Digest };
  layers?: { digest: Digest }[];
  manifests?: { digest: Digest }[];
}

describeRegistryClient({
  name: 'the @azure/container-registry SDK',
  programs: [],
  keepsBytes: true,
  servers: ['azure-shaped over HTTP'], // it knows only Azure's own way to a token
  async open({ server, samples, credentials }) {
    // A principal of the tenant shows a token of the resource manager instead of a password.
    const isRight = credentials.password === server.credentials?.password;
    const token = isRight ? await server.armToken!() : 'wrong';
    const clientOf = (repository: string): ContainerRegistryContentClient =>
      new ContainerRegistryContentClient(
        `https://${server.address}`,
        repository,
        { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600_000 }) },
        {
          tlsOptions: { ca: readFileSync(server.authorityFile!) },
          retryOptions: { maxRetries: 0 },
        },
      );
    const blob = (digest: Digest): Buffer =>
      readFileSync(join(samples.layout, 'blobs', 'sha256', digestHex(digest)));

    const push = async (digest: Digest, repository: string, tag?: string): Promise<void> => {
      const client = clientOf(repository);
      const bytes = blob(digest);
      const manifest = JSON.parse(bytes.toString()) as Manifest;
      for (const child of manifest.manifests ?? []) await push(child.digest, repository);
      const needed = [...(manifest.layers ?? []), ...(manifest.config ? [manifest.config] : [])];
      for (const part of needed) await client.uploadBlob(Readable.from(blob(part.digest)));
      const named = tag === undefined ? {} : { tag };
      const { mediaType } = manifest;
      await client.setManifest(Readable.from(bytes), { mediaType, ...named });
    };

    const pull = async (repository: string, reference: string): Promise<string[]> => {
      const client = clientOf(repository);
      const answer = await client.getManifest(reference);
      const manifest = JSON.parse(answer.content.toString()) as Manifest;
      const held: string[] = [answer.digest];
      for (const child of manifest.manifests ?? []) {
        held.push(...(await pull(repository, child.digest)));
      }
      for (const part of [
        ...(manifest.layers ?? []),
        ...(manifest.config ? [manifest.config] : []),
      ]) {
        const { content } = await client.downloadBlob(part.digest);
        held.push(digestOf(await buffer(content)));
      }
      return held;
    };

    const parse = (reference: string): [string, string] => {
      const [, repository, named] = /^[^/]+\/([^@]+?)[:@]([^/]+)$/.exec(reference)!;
      return [repository!, named!];
    };
    return {
      pushImage: (image, reference) => push(image.manifest.digest, ...parse(reference)),
      pushIndex: (reference) => push(samples.index.digest, ...parse(reference)),
      pull: (reference) => pull(...parse(reference)),
      pushArtifact: (subject) => push(samples.artifact.digest, parse(subject)[0]),
    };
  },
});
