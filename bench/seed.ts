import { cpSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_TYPE, type Blob, type Content, type Image } from './content.js';
import { BASIC, startServer, type Peer, type Server } from './peers.js';

export const TAG_COUNTS = [10, 1000, 10_000];
const REPOSITORIES = 1000;
const TAGS_PER_PUSH = 100;
const AT_ONCE = 16;

/** Fills a folder with what the reading cases ask for, once; every round then serves the same folder. */
export async function seed(peer: Peer, directory: string, content: Content): Promise<void> {
  if (!peer.isRegistry) return layOutFiles(directory, content);
  const server = await startServer(peer, directory);
  for (const blob of Object.values(content.blobs)) await pushBlob(server, 'bench/app', blob);
  await pushImage(server, 'bench/app', content.image, 'latest');
  for (const count of TAG_COUNTS) {
    await pushImage(server, `bench/tags${count}`, content.image, tagName(0));
  }
  if (peer.key === 'lazurite') await seedOverHttp(server, content);
  else if (peer.lacks?.['catalog'] === undefined) {
    await pushImage(server, 'bench/catalog/r0000', content.image, 'latest');
  }
  await server.stop();
  if (peer.key === 'olareg') multiplyInIndex(directory);
  else if (peer.key !== 'lazurite') multiplyInFolders(directory);
}

function tagName(at: number): string {
  return `t${String(at).padStart(5, '0')}`;
}

function repositoryName(at: number): string {
  return `r${String(at).padStart(4, '0')}`;
}

function layOutFiles(directory: string, { blobs, image }: Content): void {
  mkdirSync(directory, { recursive: true });
  linkSync(image.manifest.file, join(directory, 'manifest.json'));
  for (const [name, blob] of Object.entries(blobs)) {
    linkSync(blob.file, join(directory, name.replace(' ', '-')));
  }
}

/** Tags come with a push by digest, many at a time; a repository is two requests: a mount and a manifest. */
async function seedOverHttp(server: Server, { image }: Content): Promise<void> {
  const manifest = readFileSync(image.manifest.file);
  for (const count of TAG_COUNTS) {
    for (let first = 0; first < count; first += TAGS_PER_PUSH) {
      const tags = Array.from({ length: Math.min(TAGS_PER_PUSH, count - first) }, (_, at) =>
        tagName(first + at),
      );
      const query = tags.map((tag) => `tag=${tag}`).join('&');
      const path = `/v2/bench/tags${count}/manifests/${image.manifest.digest}?${query}`;
      await send(server, 'PUT', path, manifest, MANIFEST_TYPE);
    }
  }
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < REPOSITORIES) {
      const repository = `bench/catalog/${repositoryName(next++)}`;
      const mount = `mount=${image.config.digest}&from=bench/app`;
      await send(server, 'POST', `/v2/${repository}/blobs/uploads/?${mount}`);
      await send(server, 'PUT', `/v2/${repository}/manifests/latest`, manifest, MANIFEST_TYPE);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** distribution keeps a tag and a repository as a folder each: copies do what pushes would have done. */
function multiplyInFolders(directory: string): void {
  const repositories = join(directory, 'docker', 'registry', 'v2', 'repositories', 'bench');
  for (const count of TAG_COUNTS) {
    const tags = join(repositories, `tags${count}`, '_manifests', 'tags');
    multiply(tags, count, tagName);
  }
  multiply(join(repositories, 'catalog'), REPOSITORIES, repositoryName);
}

function multiply(folder: string, count: number, nameOf: (at: number) => string): void {
  for (let at = 1; at < count; at++) {
    cpSync(join(folder, nameOf(0)), join(folder, nameOf(at)), { recursive: true });
  }
}

/** olareg keeps the tags of a repository in the index of an OCI layout. */
function multiplyInIndex(directory: string): void {
  for (const count of TAG_COUNTS) {
    const file = join(directory, 'bench', `tags${count}`, 'index.json');
    const index = JSON.parse(readFileSync(file, 'utf8')) as { manifests: object[] };
    const plain = { ...index.manifests[0], annotations: undefined };
    index.manifests = Array.from({ length: count }, (_unused, at) => ({
      ...plain,
      annotations: { 'org.opencontainers.image.ref.name': tagName(at) },
    }));
    writeFileSync(file, JSON.stringify(index));
  }
}

async function pushImage(
  server: Server,
  repository: string,
  { config, layers, manifest }: Image,
  tag: string,
): Promise<void> {
  for (const blob of [config, ...layers]) await pushBlob(server, repository, blob);
  const bytes = readFileSync(manifest.file);
  await send(server, 'PUT', `/v2/${repository}/manifests/${tag}`, bytes, MANIFEST_TYPE);
}

async function pushBlob(server: Server, repository: string, blob: Blob): Promise<void> {
  const opened = await send(server, 'POST', `/v2/${repository}/blobs/uploads/`);
  const location = new URL(opened.headers.get('location') ?? '', server.origin);
  location.searchParams.set('digest', blob.digest);
  const path = `${location.pathname}${location.search}`;
  await send(server, 'PUT', path, readFileSync(blob.file), 'application/octet-stream');
}

async function send(
  { origin, peer }: Server,
  method: string,
  path: string,
  body?: Buffer<ArrayBuffer>,
  type?: string,
): Promise<Response> {
  const headers = {
    ...(peer.authorize && { authorization: BASIC }),
    ...(type !== undefined && { 'content-type': type }),
  };
  const answer = await fetch(`${origin}${path}`, { method, headers, ...(body && { body }) });
  if (!answer.ok) {
    throw new Error(`${peer.label}: ${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
  await answer.arrayBuffer();
  return answer;
}
