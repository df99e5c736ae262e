import { Cron } from 'croner';

/** Times of a cron expression, in UTC. */
export interface CronSchedule {
  /** The first time after this one; undefined when there is none any more. */
  next(after: Date): Date | undefined;
}

/**
 * Reads the five fields of a timer trigger: minute, hour, day, month, weekday.
 *
 * @returns undefined when the text is none
 */
export function parseCron(text: string): CronSchedule | undefined {
  if (text.trim().split(/\s+/).length !== 5) return undefined;
  try {
    const cron = new Cron(text, { timezone: 'UTC', paused: true });
    return { next: (after) => cron.nextRun(after) ?? undefined };
  } catch {
    return undefined;
  }
}
