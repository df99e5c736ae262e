import type { Clock } from '../base/clock.js';
import type { AppDocument, RevisionDocument } from './documents.js';
import { NEW_REVISION_STATUS } from './documents.js';
import { nextRevisionName } from './revision-name.js';
import type { RandomBytes } from './revision-name.js';
import { revisionKeyOf } from './state.js';
import type { AppState } from './state.js';
import { templateIdentity } from './template.js';

/** What a client asks an app to be; complete, with every default filled in. */
export type AppInput = Pick<
  AppDocument,
  | 'key'
  | 'subscriptionId'
  | 'resourceGroup'
  | 'name'
  | 'environmentKey'
  | 'configuration'
  | 'template'
  | 'resource'
>;

/** A revision name that the app already has with another template. */
export class RevisionExistsError extends Error {
  readonly revisionName: string;

  constructor(name: string) {
    super(`Revision with name '${name}' already exists.`);
    this.revisionName = name;
    this.name = 'RevisionExistsError';
  }
}

/** What becomes of an app, and whether it gets a new revision, when it is written. Changes nothing. */
export class AppWrites {
  readonly #state: AppState;
  readonly #clock: Clock;
  readonly #random: RandomBytes;

  constructor(options: { state: AppState; clock: Clock; random: RandomBytes }) {
    this.#state = options.state;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  #latest(app: AppDocument): RevisionDocument | undefined {
    return app.latestRevisionName === undefined
      ? undefined
      : this.#state.revision(revisionKeyOf(app.key, app.latestRevisionName));
  }

  /** What the app is once it was written. */
  merge(input: AppInput, existing: AppDocument | undefined): AppDocument {
    return {
      nextRevision: 0,
      createdAt: this.#clock.now().toISOString(),
      ...existing,
      ...input,
      provisioningState: 'Succeeded',
    };
  }

  /** A changed template makes a new revision, and so does a suffix that the latest one does not have. */
  needsRevision(app: AppDocument): boolean {
    const latest = this.#latest(app);
    const { revisionSuffix } = app.template;
    const sameTemplate =
      latest !== undefined && templateIdentity(latest.template) === templateIdentity(app.template);
    const sameName = revisionSuffix === '' || latest?.name === `${app.name}--${revisionSuffix}`;
    return !sameTemplate || !sameName;
  }

  /** @returns undefined when the latest one will do @throws RevisionExistsError */
  newRevision(app: AppDocument): RevisionDocument | undefined {
    if (!this.needsRevision(app)) return undefined;
    const { revisionSuffix } = app.template;
    const name = nextRevisionName(app, revisionSuffix, this.#random);
    const key = revisionKeyOf(app.key, name);
    if (this.#state.revision(key)) throw new RevisionExistsError(name);
    return {
      key,
      appKey: app.key,
      name,
      ordinal: app.nextRevision,
      template: app.template,
      active: true,
      createdAt: this.#clock.now().toISOString(),
      restarts: 0,
      status: NEW_REVISION_STATUS,
    };
  }
}
