import { join } from 'node:path';
import { describeRegistryClient } from './registry-clients.js';
import { run } from './registry-command.js';

interface Inspection {
  RootFS?: { Layers: string[] };
  OCIv1?: { rootfs: { diff_ids: string[] } };
}

/** podman and buildah: two commands over one storage of images, with the same options for registries. */
export function describeContainersTool(
  name: 'podman' | 'buildah',
  extra: (directory: string) => string[],
): void {
  describeRegistryClient({
    name,
    programs: [name],
    keepsBytes: false,
    async open({ server, samples, authFile, directory }) {
      const storage = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
      const options = [...storage, '--storage-driver', 'vfs', ...extra(join(directory, 'tmp'))];
      const call = (...argv: string[]): Promise<string> => run(name, [...options, ...argv]);
      const access =
        server.certificates === undefined
          ? ['--authfile', authFile, '--tls-verify=false']
          : ['--authfile', authFile, '--cert-dir', server.certificates];
      const source = (tag: string): string => `oci:${samples.layout}:${tag}`;
      const layersOf = async (image: string): Promise<string[]> => {
        const argv = name === 'podman' ? ['image', 'inspect'] : ['inspect', '--type', 'image'];
        const parsed: unknown = JSON.parse(await call(...argv, image));
        const found = (Array.isArray(parsed) ? parsed[0] : parsed) as Inspection;
        return found.RootFS?.Layers ?? found.OCIv1?.rootfs.diff_ids ?? [];
      };
      return {
        async pushImage(image, reference) {
          const id = (await call('pull', '--quiet', source(image.tag))).trim();
          await call('push', ...access, id, `docker://${reference}`);
        },
        async pushIndex(reference) {
          await call('manifest', 'create', 'many');
          for (const { tag } of samples.images) await call('manifest', 'add', 'many', source(tag));
          await call('manifest', 'push', '--all', ...access, 'many', `docker://${reference}`);
        },
        async pull(reference, images) {
          const layers: string[] = [];
          for (const { platform } of images) {
            const wanted = ['--os', platform.os, '--arch', platform.architecture];
            const argv = ['pull', '--quiet', ...access, ...wanted, `docker://${reference}`];
            layers.push(...(await layersOf((await call(...argv)).trim())));
          }
          return layers;
        },
      };
    },
  });
}
