import type { RevisionTraffic } from './ingress/traffic-record.js';
import type { Diagnosis } from './trouble.js';

/** A revision that requests go to, and how they went. */
export interface ServingRevision extends RevisionTraffic {
  name: string;
  /** Percent of the requests. */
  weight: number;
  minReplicas: number;
}

interface Subject {
  app: string;
  resourceGroup: string;
}

/** So few answers may fail by chance. */
const ENOUGH_ANSWERS = 5;
const FAILING_SHARE = 0.2;
const SOUND_SHARE = 0.05;
/** What a person who waits notices. */
const NOTICED_MS = 500;

/** Says what is wrong with an app whose revisions are all healthy, by how its requests went. */
export function diagnoseTraffic(
  revisions: readonly ServingRevision[],
  subject: Subject,
): Diagnosis | undefined {
  const failing = revisions.find(
    (one) => one.answers >= ENOUGH_ANSWERS && one.failures >= one.answers * FAILING_SHARE,
  );
  if (failing) return diagnoseFailing(failing, revisions, subject);
  const cold = revisions.find(
    ({ minReplicas, coldStartMs }) => minReplicas === 0 && (coldStartMs ?? 0) >= NOTICED_MS,
  );
  return cold && diagnoseColdStart(cold, subject);
}

function diagnoseFailing(
  failing: ServingRevision,
  revisions: readonly ServingRevision[],
  { app, resourceGroup }: Subject,
): Diagnosis {
  const sound = revisions.find(
    (one) =>
      one !== failing && one.answers >= ENOUGH_ANSWERS && one.failures <= one.answers * SOUND_SHARE,
  );
  const evidence = revisions.map(
    ({ name, weight, answers, failures }) =>
      `${name}: ${weight} % of the requests, ${failures} of the last ${answers} answered with 5xx`,
  );
  const names = `--name ${app} --resource-group ${resourceGroup}`;
  if (!sound) {
    return {
      cause: `Revision '${failing.name}' is healthy and answers ${failing.failures} of its last ${failing.answers} requests with 5xx.`,
      evidence,
      fix: `az containerapp logs show ${names} --revision ${failing.name}   # then correct the program`,
    };
  }
  const weights = revisions
    .filter(({ name }) => name !== sound.name)
    .map(({ name }) => `${name}=0`)
    .join(' ');
  return {
    cause: `Revision '${failing.name}' answers ${failing.failures} of its last ${failing.answers} requests with 5xx, while '${sound.name}' beside it is sound.`,
    evidence,
    fix: `az containerapp ingress traffic set ${names} --revision-weight ${sound.name}=100 ${weights}`,
  };
}

function diagnoseColdStart(
  { name, coldStartMs = 0 }: ServingRevision,
  { app, resourceGroup }: Subject,
): Diagnosis {
  return {
    cause: `Revision '${name}' scales to zero, and the last request that woke it waited ${(coldStartMs / 1000).toFixed(1)} s.`,
    evidence: ['its scale has minReplicas 0'],
    fix: `az containerapp update --name ${app} --resource-group ${resourceGroup} --min-replicas 1`,
  };
}
