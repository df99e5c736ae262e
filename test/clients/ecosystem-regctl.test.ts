import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeIndexTool } from './ecosystem.js';
import { run } from './registry-command.js';

describeIndexTool({
  name: 'regctl',
  programs: ['regctl'],
  open({ server, directory }) {
    const config = join(directory, 'regctl.json');
    writeFileSync(config, JSON.stringify({ hosts: { [server.address]: { tls: 'disabled' } } }));
    const regctl = async (...argv: string[]): Promise<string> =>
      run('regctl', argv, { env: { REGCTL_CONFIG: config } });
    return {
      async create(index, images) {
        await regctl('index', 'create', index, ...images.flatMap((image) => ['--ref', image]));
      },
      async add(index, image) {
        await regctl('index', 'add', index, '--ref', image);
      },
      async remove(index, digest) {
        await regctl('index', 'delete', index, '--digest', digest);
      },
      async copy(from, to) {
        await regctl('image', 'copy', from, to);
      },
      async choose(index, { platform: { os, architecture, variant } }) {
        const wanted = [os, architecture, variant].filter(Boolean).join('/');
        return (await regctl('manifest', 'head', '--platform', wanted, index)).trim();
      },
    };
  },
});
