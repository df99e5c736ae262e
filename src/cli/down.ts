import type { Command } from 'commander';
import { systemClock } from '../base/clock.js';
import { Failure } from '../base/failure.js';
import { removeFootprint } from '../server/azure-names/footprint.js';
import { Home, homeDirectory } from '../server/home.js';
import { isAlive } from '../base/owner-file.js';

/** Ending every container takes as long as the slowest one's grace period, and then some. */
const STOP_LIMIT_MS = 60_000;
const POLL_MS = 50;

export function registerDownCommand(program: Command): void {
  program
    .command('down')
    .description('stop the Lazurite that runs in a home, with everything it runs')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .action(async (options: { home?: string }) => {
      await stopLazurite(options.home);
    });
}

async function stopLazurite(homeOption?: string): Promise<void> {
  const home = new Home(homeDirectory(homeOption));
  const owner = home.owner();
  if (!owner) {
    removeFootprint(home); // of a run that was killed
    console.log(`Lazurite does not run in ${home.directory}`);
    return;
  }
  process.kill(owner.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isAlive(owner)) {
    if (Date.now() > deadline) {
      throw new Failure(`Lazurite (process ${owner.pid}) did not stop within 60 s`, {
        why: 'it is still ending containers, or it hangs',
        help: `see ${home.path('logs', 'lazurite.log')}; as a last resort: kill -9 ${owner.pid}`,
      });
    }
    await systemClock.sleep(POLL_MS);
  }
  console.log(`stopped Lazurite in ${home.directory}`);
}
