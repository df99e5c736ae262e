import { describeIndexTool } from './ecosystem.js';
import { run } from './registry-command.js';

describeIndexTool({
  name: 'crane',
  programs: ['crane'],
  open() {
    const crane = (...argv: string[]): Promise<string> => run('crane', argv);
    const append = async (index: string, images: readonly string[], base: string[]) => {
      const manifests = images.flatMap((image) => ['--manifest', image]);
      await crane('index', 'append', ...base, ...manifests, '--tag', index);
    };
    return {
      create: (index, images) => append(index, images, []),
      add: (index, image) => append(index, [image], [index]),
      async remove(index, digest) {
        const { manifests } = JSON.parse(await crane('manifest', index)) as {
          manifests: { digest: string; platform: { os: string; architecture: string } }[];
        };
        const kept = manifests
          .filter((entry) => entry.digest !== digest)
          .flatMap(({ platform }) => ['--platform', `${platform.os}/${platform.architecture}`]);
        await crane('index', 'filter', index, ...kept, '--tag', index);
      },
      async copy(from, to) {
        await crane('copy', from, to);
      },
      async choose(index, { platform }) {
        const { os, architecture, variant } = platform;
        const wanted = [os, architecture, variant].filter(Boolean).join('/');
        return (await crane('digest', '--platform', wanted, index)).trim();
      },
    };
  },
});
