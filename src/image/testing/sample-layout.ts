import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { parsePlatform } from '../../oci/platform.js';
import { OciLayout } from '../layout/oci-layout.js';
import { REF_NAME } from '../layout/layout-names.js';

/** A layout to copy from, filled by hand. */
export class SampleLayout {
  readonly layout: OciLayout;

  private constructor(layout: OciLayout) {
    this.layout = layout;
  }

  static async create(directory: string): Promise<SampleLayout> {
    return new SampleLayout(await OciLayout.create(directory));
  }

  get directory(): string {
    return this.layout.directory;
  }

  /** An image of one layer with one file, which holds `content`. */
  async addImage(platform: string, content = platform): Promise<Descriptor> {
    const tar = pack();
    tar.entry({ name: 'file', mtime: new Date(0) }, content);
    tar.finalize();
    const plain = await buffer(tar);
    const layer = await this.addBlob(MEDIA_TYPE.ociLayerGzip, gzipSync(plain));
    const rootfs = { type: 'layers', diff_ids: [digestOf(plain)] };
    const parsed = parsePlatform(platform) ?? { os: '', architecture: '' };
    const config = await this.#document(MEDIA_TYPE.ociConfig, {
      created: '2026-01-02T03:04:05Z',
      ...parsed,
      rootfs,
    });
    const image = await this.addManifest({ config, layers: [layer] });
    return { ...image, platform: parsed };
  }

  /** As buildx attaches one: an image for no platform. */
  async addAttestation(about: Descriptor): Promise<Descriptor> {
    const statement = await this.addBlob('application/vnd.in-toto+json', Buffer.from(about.digest));
    const rootfs = { type: 'layers', diff_ids: [statement.digest] };
    const unknown = { os: 'unknown', architecture: 'unknown' };
    const config = await this.#document(MEDIA_TYPE.ociConfig, { ...unknown, rootfs });
    const image = await this.addManifest({ config, layers: [statement] });
    const annotations = {
      'vnd.docker.reference.digest': about.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    };
    return { ...image, platform: unknown, annotations };
  }

  async addReferrer(subject: Descriptor, content: string): Promise<Descriptor> {
    const { mediaType, digest, size } = subject;
    const config = await this.addBlob(MEDIA_TYPE.ociEmpty, Buffer.from('{}'));
    const layer = await this.addBlob('text/plain', Buffer.from(content));
    const artifactType = 'application/vnd.test.note';
    return this.addManifest({
      ...{ artifactType, config, layers: [layer], subject: { mediaType, digest, size } },
    });
  }

  async addIndex(manifests: readonly Descriptor[], more: object = {}): Promise<Descriptor> {
    return this.#document(MEDIA_TYPE.ociIndex, {
      ...{ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests, ...more },
    });
  }

  async addManifest(fields: object): Promise<Descriptor> {
    const mediaType = MEDIA_TYPE.ociManifest;
    return this.#document(mediaType, { schemaVersion: 2, mediaType, ...fields });
  }

  async addBlob(mediaType: string, bytes: Buffer): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const descriptor = { mediaType, digest, size: bytes.length };
    await this.layout.writeBlob(descriptor, Readable.from([bytes]));
    return descriptor;
  }

  async #document(mediaType: string, document: object): Promise<Descriptor> {
    return this.layout.writeDocument(mediaType, Buffer.from(JSON.stringify(document)));
  }

  /** Writes `index.json`. */
  async name(names: Readonly<Record<string, Descriptor>>, unnamed: Descriptor[] = []) {
    const named = Object.entries(names).map(([name, { mediaType, digest, size }]) => ({
      ...{ mediaType, digest, size, annotations: { [REF_NAME]: name } },
    }));
    await this.layout.writeIndex([...named, ...unnamed]);
  }
}
