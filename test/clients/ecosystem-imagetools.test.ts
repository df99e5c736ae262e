import { describeIndexTool } from './ecosystem.js';
import { run } from './registry-command.js';

describeIndexTool({
  name: 'buildx imagetools',
  programs: ['docker-buildx'],
  open({ directory }) {
    const imagetools = (...argv: string[]): Promise<string> =>
      run('docker-buildx', ['imagetools', ...argv], { env: { BUILDX_CONFIG: directory } });
    return {
      async create(index, images) {
        await imagetools('create', '--tag', index, ...images);
      },
      async add(index, image) {
        await imagetools('create', '--append', '--tag', index, image);
      },
      async choose(index, { platform: { os, architecture, variant } }) {
        const raw = await imagetools('inspect', '--raw', index);
        const { manifests } = JSON.parse(raw) as {
          manifests: { digest: string; platform: Record<string, string> }[];
        };
        const found = manifests.find(
          ({ platform }) =>
            platform['os'] === os &&
            platform['architecture'] === architecture &&
            (architecture === 'arm64' || platform['variant'] === variant),
        );
        return found?.digest ?? '';
      },
    };
  },
});
