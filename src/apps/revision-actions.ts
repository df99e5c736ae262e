import type { Clock } from '../base/clock.js';
import type { RevisionDocument } from './documents.js';
import { NEW_REVISION_STATUS } from './documents.js';
import { revisionKeyOf } from './state.js';
import type { AppState } from './state.js';

export interface RevisionActionsOptions {
  state: AppState;
  clock: Clock;
  /** This revision's desired state changed. */
  changed: (revisionKey: string) => void;
}

/** What people do with revisions that are there. Each is durable once it resolves. */
export class RevisionActions {
  readonly #options: RevisionActionsOptions;

  constructor(options: RevisionActionsOptions) {
    this.#options = options;
  }

  /** @returns the revision as it is then; undefined when there is none of that name */
  async activate(appKey: string, name: string): Promise<RevisionDocument | undefined> {
    return this.#change(appKey, name, ({ readyAt: _dropped, ...revision }) =>
      revision.active
        ? { ...revision, ...(_dropped !== undefined && { readyAt: _dropped }) }
        : { ...revision, active: true, status: NEW_REVISION_STATUS },
    );
  }

  async deactivate(appKey: string, name: string): Promise<RevisionDocument | undefined> {
    return this.#change(appKey, name, (revision) => ({
      ...revision,
      active: false,
      lastActiveAt: this.#options.clock.now().toISOString(),
    }));
  }

  /** Replaces every replica, new ones first. */
  async restart(appKey: string, name: string): Promise<RevisionDocument | undefined> {
    return this.#change(appKey, name, (revision) => ({
      ...revision,
      restarts: revision.restarts + 1,
    }));
  }

  async #change(
    appKey: string,
    name: string,
    change: (revision: RevisionDocument) => RevisionDocument,
  ): Promise<RevisionDocument | undefined> {
    const { state, changed } = this.#options;
    const key = revisionKeyOf(appKey, name);
    await state.change(() => {
      const revision = state.revision(key);
      return revision && { revisions: [change(revision)] };
    });
    changed(key);
    return state.revision(key);
  }
}
