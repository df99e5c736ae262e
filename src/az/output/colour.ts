const RESET = '\u001b[39;49;00m';
const KEY = '\u001b[94m';
const STRING = '\u001b[33m';
const NUMBER = '\u001b[34m';
const WORD = '\u001b[34m';
const TOKEN =
  /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** Colours printed JSON: keys, strings, numbers and words; for a terminal only. */
export function colourJson(json: string): string {
  return json.replace(
    TOKEN,
    (all: string, text?: string, colon?: string, word?: string, number?: string) => {
      if (text !== undefined) {
        return colon === undefined ? STRING + text + RESET : KEY + text + RESET + colon;
      }
      if (word !== undefined) return WORD + word + RESET;
      return number === undefined ? all : NUMBER + number + RESET;
    },
  );
}
