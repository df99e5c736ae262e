// Started by lifeline.ts: `node remove-orphans.js ENGINE RUN`. Waits for the end of its input; when that was empty,
// Lazurite ended without a word, and its containers are removed.
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { Engine } from './engine.js';
import { parseEngineAddress } from './engine-address.js';
import { removeLabelled } from './engine-containers.js';
import { RUN_LABEL } from './labels.js';

/** What was asked for just before the end may still become a container. */
const QUIET_LOOKS = 3;
const LOOK_MS = 1000;
/** An engine that is gone, or is being restarted, is asked again so many times. */
const MAX_LOOKS = 60;

const [address = '', run = ''] = process.argv.slice(2);
if ((await text(process.stdin)) === '') await removeOrphans();

async function removeOrphans(): Promise<void> {
  let quiet = 0;
  for (let look = 0; look < MAX_LOOKS && quiet < QUIET_LOOKS; look++) {
    if (look > 0) await delay(LOOK_MS);
    const found = await removeOnce().catch(() => undefined);
    quiet = found === 0 ? quiet + 1 : 0;
  }
}

/** @returns how many containers there were */
async function removeOnce(): Promise<number> {
  const engine = await Engine.connect(parseEngineAddress(address, 'lifeline', process.env));
  try {
    return await removeLabelled(engine, `${RUN_LABEL}=${run}`);
  } finally {
    engine.close();
  }
}
