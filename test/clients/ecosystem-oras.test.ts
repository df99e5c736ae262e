import { describeIndexTool } from './ecosystem.js';
import { run } from './registry-command.js';

describeIndexTool({
  name: 'oras',
  programs: ['oras'],
  open() {
    const oras = (...argv: string[]): Promise<string> => run('oras', argv);
    const tagOf = (reference: string): string => reference.slice(reference.lastIndexOf(':') + 1);
    return {
      async create(index, images) {
        await oras('manifest', 'index', 'create', '--plain-http', index, ...images.map(tagOf));
      },
      async add(index, image) {
        await oras('manifest', 'index', 'update', '--plain-http', index, '--add', tagOf(image));
      },
      async remove(index, digest) {
        await oras('manifest', 'index', 'update', '--plain-http', index, '--remove', digest);
      },
      async copy(from, to) {
        await oras('copy', '--from-plain-http', '--to-plain-http', from, to);
      },
      async choose(index, { platform: { os, architecture, variant } }) {
        const wanted = [os, architecture, variant].filter(Boolean).join('/');
        const argv = ['manifest', 'fetch', '--plain-http', '--descriptor', '--platform', wanted];
        return (JSON.parse(await oras(...argv, index)) as { digest: string }).digest;
      },
    };
  },
});
