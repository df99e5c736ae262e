import { describe, expect, it } from 'vitest';
import type { BuildEvent, BuildStep } from '../../build/image-builder.js';
import { plainDisplay } from './step-display.js';
import { TerminalDisplay } from './terminal-display.js';

const platform = { os: 'linux', architecture: 'arm64' };
const step = (number: number, text: string): BuildStep => ({
  ...{ stage: 'make', number, total: 3, text, platform },
});
const [from, run] = [step(1, 'FROM scratch'), step(2, 'RUN a \\\n  && b')];
const EVENTS: BuildEvent[] = [
  { type: 'started', step: from },
  { type: 'ended', step: from, outcome: 'cached' },
  { type: 'started', step: run },
  { type: 'output', step: run, line: 'hello' },
  { type: 'ended', step: run, outcome: 'failed' },
];

function shown(kind: 'plain' | 'terminal', columns = 60): string {
  let text = '';
  let time = 0;
  const options = {
    write: (part: string) => (text += part),
    now: () => (time += 250),
    severalPlatforms: true,
  };
  const display =
    kind === 'plain'
      ? plainDisplay(options)
      : new TerminalDisplay({ ...options, columns: () => columns, rows: () => 24 });
  for (const event of EVENTS) display.onEvent(event);
  display.end();
  return text;
}

describe('the plain display', () => {
  it('writes a line an event, with the number of its step', () => {
    expect(shown('plain').split('\n')).toEqual([
      '#1 [linux/arm64 make 1/3] FROM scratch',
      '#1 CACHED',
      '#2 [linux/arm64 make 2/3] RUN a \\ && b',
      expect.stringMatching(/^#2 \d\.\d{3} hello$/),
      '#2 ERROR',
      '',
    ]);
  });
});

describe('the terminal display', () => {
  it('draws over what it drew before, and leaves the last picture', () => {
    const text = shown('terminal');
    const last = text.slice(text.lastIndexOf('\u001b[0J'));
    expect(last).toContain('[+] Building');
    expect(last).toContain('(2/2)');
    expect(last).toContain('=> CACHED [linux/arm64 make 1/3] FROM scratch');
    expect(last).toContain('=> ERROR [linux/arm64 make 2/3]');
    expect(text).toContain(' => => hello');
  });

  it('keeps to the width of the terminal', () => {
    const lines = shown('terminal', 30).split(/\n/);
    // eslint-disable-next-line no-control-regex
    const widths = lines.map((line) => line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(30);
  });
});
