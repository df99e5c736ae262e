import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../base/json.js';
import type { Phase } from './definition.js';

/** What the runner looks at by itself, besides the lab's own commands. */
export interface Snapshot {
  /** Below the run's folder. */
  file: string;
  /** Taken when this phase has been run to its end, or when nothing but the cleanup is left. */
  after: Phase | 'experiment';
  /** Not taken of a run that did not come to this phase. */
  begun: Phase;
  /** Variables of the lab without which there is nothing to look at. */
  needs: readonly string[];
  command: string;
}

const LIST_APPS = 'az containerapp list --resource-group "$RG" --output json';

export const SNAPSHOTS: readonly Snapshot[] = [
  {
    file: 'configuration/before-fix.json',
    after: 'observe',
    begun: 'trigger',
    needs: ['RG'],
    command: LIST_APPS,
  },
  {
    file: 'configuration/after-fix.json',
    after: 'verify',
    begun: 'fix',
    needs: ['RG'],
    command: LIST_APPS,
  },
  {
    file: 'configuration/system-log.jsonl',
    after: 'experiment',
    begun: 'trigger',
    needs: ['RG', 'APP_NAME'],
    command:
      'az containerapp logs show --name "$APP_NAME" --resource-group "$RG" --type system --tail 300',
  },
];

/** What was seen of the apps; a part is absent where it could not be looked at. */
export interface SeenApps {
  /** The apps before the fix, as `az containerapp list` tells them. */
  before?: Json;
  after?: Json;
  /** Rows of the system log of the lab's app, one JSON object a line. */
  log: string;
}

/** Reads the snapshots in a run's folder. */
export function readSnapshots(folder: string): SeenApps {
  const [before, after, log] = SNAPSHOTS.map(({ file }) => textOfFile(join(folder, file)));
  const [appsBefore, appsAfter] = [jsonOf(before), jsonOf(after)];
  return {
    ...(appsBefore !== undefined && { before: appsBefore }),
    ...(appsAfter !== undefined && { after: appsAfter }),
    log: log ?? '',
  };
}

function textOfFile(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function jsonOf(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json); // JSON.parse answers JSON
  } catch {
    return undefined;
  }
}
