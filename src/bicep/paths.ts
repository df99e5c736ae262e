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
