import type { Clock } from '../../base/clock.js';
import type { TaskDefinition, TimerTrigger } from '../definitions/task-definition.js';
import { parseCron } from './cron-schedule.js';

/** A timer that is due. */
export interface TimerEvent {
  task: TaskDefinition;
  trigger: TimerTrigger;
  /** When it was due. */
  time: Date;
}

/** The kernel's timers take no longer waits; the next one is looked up again after it. */
const LONGEST_WAIT_MS = 24 * 3600_000;

/** Waits for the timers of all tasks. Occurrences that nobody was there for are not made up for. */
export class TimerTriggers {
  readonly #clock: Clock;
  readonly #tasks: () => readonly TaskDefinition[];
  readonly #due: (event: TimerEvent) => void;
  #waiting = new AbortController();
  #closed = false;

  constructor(
    clock: Clock,
    tasks: () => readonly TaskDefinition[],
    due: (event: TimerEvent) => void,
  ) {
    this.#clock = clock;
    this.#tasks = tasks;
    this.#due = due;
  }

  /** To be called after each change of the tasks. */
  restart(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    if (!this.#closed) void this.#wait(this.#waiting.signal);
  }

  close(): void {
    this.#closed = true;
    this.#waiting.abort();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    let from = this.#clock.now();
    while (!signal.aborted) {
      const events = this.#next(from);
      const [first] = events;
      if (first === undefined) return;
      const wait = first.time.getTime() - this.#clock.now().getTime();
      try {
        await this.#clock.sleep(Math.min(Math.max(wait, 0), LONGEST_WAIT_MS), signal);
      } catch {
        return; // the tasks have changed
      }
      if (this.#clock.now() < first.time) continue;
      for (const event of events) this.#due(event);
      from = first.time;
    }
  }

  /** The next timers that are due, all at the same time. */
  #next(after: Date): TimerEvent[] {
    const events = this.#tasks()
      .filter((task) => task.enabled)
      .flatMap((task) =>
        task.timers.flatMap((trigger): TimerEvent[] => {
          const time = trigger.enabled ? parseCron(trigger.schedule)?.next(after) : undefined;
          return time === undefined ? [] : [{ task, trigger, time }];
        }),
      );
    const earliest = Math.min(...events.map(({ time }) => time.getTime()));
    return events.filter(({ time }) => time.getTime() === earliest);
  }
}
