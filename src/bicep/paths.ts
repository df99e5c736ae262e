/** `('infra/main.bicep', '../lib/a.bicep')` is `'lib/a.bicep'`. Leading `..` that leave the start are kept. */
export function resolvePath(from: string, relative: string): string {
  if (/^(\/|[A-Za-z]:)/.test(relative)) return relative;
  const absolute = from.startsWith('/');
  const parts: string[] = [];
  for (const part of [...from.split('/').slice(0, -1), ...relative.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** What is wrong with a path to another file, as its author wrote it. */
export function pathFault(path: string): 'BCP050' | 'BCP051' | 'BCP098' | undefined {
  if (path === '') return 'BCP050';
  if (path.includes('\\')) return 'BCP098';
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path) ? 'BCP051' : undefined;
}

/** How `from` names another file: `('infra/main.bicep', 'lib/a.bicep')` is `'../lib/a.bicep'`. */
export function relativePath(from: string, to: string): string {
  const folder = from.split('/').slice(0, -1);
  const parts = to.split('/');
  let common = 0;
  while (common < folder.length && common < parts.length - 1 && folder[common] === parts[common])
    common += 1;
  return [...folder.slice(common).map(() => '..'), ...parts.slice(common)].join('/');
}
