import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../src/oci/digest.js';
import { describeIndexTool } from './ecosystem.js';
import { run } from './registry-command.js';

describeIndexTool({
  name: 'skopeo',
  programs: ['skopeo'],
  open({ directory }) {
    const skopeo = (...argv: string[]): Promise<string> => run('skopeo', argv);
    let chosen = 0;
    return {
      async copy(from, to) {
        const access = ['--src-tls-verify=false', '--dest-tls-verify=false'];
        await skopeo('copy', '--all', ...access, `docker://${from}`, `docker://${to}`);
      },
      async choose(index, { platform: { os, architecture, variant } }) {
        const target = join(directory, `chosen-${++chosen}`);
        const wanted = [`--override-os=${os}`, `--override-arch=${architecture}`];
        if (variant !== undefined) wanted.push(`--override-variant=${variant}`);
        const source = ['--src-tls-verify=false', `docker://${index}`];
        await skopeo(...wanted, 'copy', ...source, `dir:${target}`);
        return digestOf(readFileSync(join(target, 'manifest.json')));
      },
    };
  },
});
