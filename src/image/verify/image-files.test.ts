import { describe, expect, it } from 'vitest';
import { ImageFiles } from './image-files.js';

/** Layers as lines: `+file`, `+dir/`, `+link -> target`, `+hard = other`, `-removed`, `!opaque`. */
function filesOf(...layers: string[][]): ImageFiles {
  const files = new ImageFiles();
  for (const layer of layers) {
    files.beginLayer();
    for (const line of layer) add(files, line);
  }
  return files;
}

function add(files: ImageFiles, line: string): void {
  const parts = (text: string): string[] => text.split('/').filter((part) => part !== '');
  const rest = line.slice(1);
  const [link, target] = rest.split(' -> ');
  const [hard, other] = rest.split(' = ');
  if (line.startsWith('-')) files.removeBelow(parts(rest));
  else if (line.startsWith('!')) files.clearBelow(parts(rest));
  else if (target !== undefined) files.addSymlink(parts(link!), target);
  else if (other !== undefined) files.addHardLink(parts(hard!), parts(other));
  else if (rest.endsWith('/')) files.addDirectory(parts(rest));
  else files.addFile(parts(rest), true, undefined);
}

describe('lookUp', () => {
  const files = filesOf([
    ...['+bin/sh', '+usr/bin/node', '+a/b/', '+loop -> loop', '+dev/'],
    ...[
      '+opt/node -> /usr/bin/node',
      '+link -> usr',
      '+up -> ../../../bin',
      '+usr/up -> ../bin/./sh',
    ],
    ...['+file/', '+hard = bin/sh', '+rel/x -> ../usr/bin', '+dangling -> /no/where'],
  ]);

  it.each([
    ['/bin/sh', '/bin/sh'],
    ['bin//./sh', '/bin/sh'],
    ['/opt/node', '/usr/bin/node'],
    ['/link/bin/node', '/usr/bin/node'],
    ['/up/sh', '/bin/sh'],
    ['/usr/up', '/bin/sh'],
    ['/rel/x/node', '/usr/bin/node'],
    ['/hard', '/hard'],
    ['/a/b/../../bin/sh', '/bin/sh'],
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/../../bin/sh', '/bin/sh'],
    ['/loop', undefined],
    ['/dangling', undefined],
    ['/bin/sh/x', undefined],
    ['/none', undefined],
  ])('%s leads to %s', (file, expected) => {
    expect(files.lookUp(file)?.path).toBe(expected);
  });
});

describe('layers', () => {
  it.each<[string, string[][], Record<string, string[]>]>([
    ['a whiteout removes what lies below', [['+a/x', '+a/y'], ['-a/x']], { '/a': ['/a/y'] }],
    ['but not what its own layer brings', [['+a/x'], ['+a/z', '-a']], { '/a': ['/a/z'] }],
    [
      'an opaque directory starts anew',
      [
        ['+a/x', '+a/b/c'],
        ['+a/y', '!a'],
      ],
      { '/a': ['/a/y'] },
    ],
    [
      'a directory survives that a later layer names',
      [['+a/x'], ['+a/'], ['+a/y']],
      { '/a': ['/a/x', '/a/y'] },
    ],
    ['a file takes the place of a directory', [['+a/x'], ['+a']], { '/a': [] }],
    [
      'files go through links to directories',
      [['+usr/lib/', '+lib -> usr/lib'], ['+lib/x']],
      { '/usr/lib': ['/usr/lib/x'] },
    ],
    [
      'a directory takes the place of a link',
      [
        ['+usr/', '+lib -> usr'],
        ['+lib/', '+lib/x'],
      ],
      { '/lib': ['/lib/x'], '/usr': [] },
    ],
  ])('%s', (_what, layers, expected) => {
    const files = filesOf(...layers);
    for (const [directory, names] of Object.entries(expected)) {
      expect(files.list(directory)).toEqual(names);
    }
  });

  it('refuses a hard link to what is not there', () => {
    expect(() => filesOf([], ['+a = b'])).toThrow(/not there/);
    expect(() => filesOf(['+b/x'], ['+a = b'])).toThrow(/not there/);
  });

  it('does not tell cases apart where the system does not', () => {
    const files = new ImageFiles({ ignoreCase: true });
    files.beginLayer();
    files.addFile(['Files', 'App.EXE'], true, undefined);
    expect(files.lookUp('/files/app.exe')?.type).toBe('file');
  });
});
