import { formatPlatform } from '../../oci/platform.js';
import type { BuildEvent, BuildStep } from '../../build/image-builder.js';

/** Shows how a build goes. */
export interface BuildDisplay {
  onEvent(event: BuildEvent): void;
  /** A line of a builder that tells no events. */
  onLine(line: string): void;
  /** Leaves the display as it is. */
  end(): void;
}

/** `[linux/arm64 compile 2/4] RUN make`, on one line; the platform only where there are several. */
export function stepTitle(step: BuildStep, severalPlatforms: boolean): string {
  const platform = severalPlatforms ? `${formatPlatform(step.platform)} ` : '';
  const stage = step.stage === undefined ? '' : `${step.stage} `;
  const text = step.text.replace(/\s+/g, ' ');
  return `[${platform}${stage}${step.number}/${step.total}] ${text}`;
}

export interface DisplayOptions {
  write: (text: string) => void;
  /** Milliseconds; any start. */
  now: () => number;
  severalPlatforms: boolean;
}

interface NumberedStep {
  number: number;
  startedAt: number;
}

/** One line an event, as buildx prints where there is no terminal. */
export function plainDisplay({ write, now, severalPlatforms }: DisplayOptions): BuildDisplay {
  const steps = new Map<BuildStep, NumberedStep>();
  const seconds = (since: number): string => ((now() - since) / 1000).toFixed(3);
  return {
    onEvent(event) {
      const known = steps.get(event.step) ?? { number: steps.size + 1, startedAt: now() };
      steps.set(event.step, known);
      const prefix = `#${known.number}`;
      if (event.type === 'started') {
        write(`${prefix} ${stepTitle(event.step, severalPlatforms)}\n`);
      } else if (event.type === 'output') {
        write(`${prefix} ${seconds(known.startedAt)} ${event.line}\n`);
      } else write(`${prefix} ${ending(event.outcome, seconds(known.startedAt))}\n`);
    },
    onLine: (line) => {
      write(`${line}\n`);
    },
    end: () => undefined,
  };
}

function ending(outcome: 'done' | 'cached' | 'failed', seconds: string): string {
  if (outcome === 'cached') return 'CACHED';
  return outcome === 'done' ? `DONE ${seconds}s` : 'ERROR';
}
