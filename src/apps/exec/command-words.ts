/**
 * The words of `--command`, as a shell splits them: `'/bin/sh -c "ls -l"'` is three. Nothing is expanded.
 *
 * @returns undefined when a quote is not closed, or there is no word
 */
export function commandWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    let character = text[at] ?? '';
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (character === quote || (quote === '' && /["']/.test(character))) {
      quote = quote === '' ? character : '';
      word ??= '';
      continue;
    }
    if (character === '\\' && quote !== "'") character = text[++at] ?? '\\';
    word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return quote === '' && words.length > 0 ? words : undefined;
}
