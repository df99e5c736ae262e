import type { Json } from '../../base/json.js';
import { resolvePath } from '../paths.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { literalText } from '../syntax/walk.js';

/**
 * `loadDirectoryFileInfo('./assets', '*.txt')`: the files of a folder, not those of folders in it.
 *
 * @returns `[{ relativePath: 'assets/a.txt', baseName: 'a.txt', extension: '.txt' }]`
 */
export function directoryFiles(
  [folder, pattern]: readonly Expression[],
  model: FileModel,
  node: Expression,
): Json | undefined {
  const span = folder?.span ?? node.span;
  const text = folder?.kind === 'string' ? literalText(folder) : undefined;
  const wanted = pattern?.kind === 'string' ? literalText(pattern) : pattern ? undefined : '*';
  if (text === undefined || wanted === undefined) {
    model.sink.report(text === undefined ? span : (pattern?.span ?? span), 'BCP032');
    return undefined;
  }
  if (text.startsWith('/')) {
    model.sink.report(span, 'BCP051');
    return undefined;
  }
  if (!model.reader.list) {
    model.sink.report(span, 'LZB001', 'loadDirectoryFileInfo() of files that are not on a disk');
    return undefined;
  }
  const path = resolvePath(model.path, text);
  const names = model.reader.list(path);
  if (!names) {
    const isFile = model.reader(path) !== undefined;
    model.sink.report(span, isFile ? 'BCP430' : 'BCP428', text);
    return undefined;
  }
  const prefix = text.replace(/^(?:\.\/)+/, '').replace(/\/*$/, '');
  const from = prefix === '' || prefix === '.' ? '' : `${prefix}/`;
  return names
    .filter((name) => matches(name, wanted))
    .map((name) => ({ relativePath: from + name, baseName: name, extension: extensionOf(name) }))
    .sort((a, b) => (a.relativePath.toLowerCase() < b.relativePath.toLowerCase() ? -1 : 1));
}

/** `*` stands for any text and `?` for one character, in any letter case. */
function matches(name: string, pattern: string): boolean {
  const parts = (pattern === '' ? '*' : pattern).split(/([*?])/);
  const expression = parts
    .map((part) =>
      part === '*' ? '[^]*?' : part === '?' ? '[^]' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${expression}$`, 'i').test(name);
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}
