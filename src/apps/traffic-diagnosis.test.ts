import { describe, expect, it } from 'vitest';
import { diagnoseTraffic, type ServingRevision } from './traffic-diagnosis.js';

const revision = (name: string, more: Partial<ServingRevision> = {}): ServingRevision => ({
  ...{ name, weight: 50, minReplicas: 1, answers: 20, failures: 0 },
  ...more,
});
const subject = { app: 'ca', resourceGroup: 'rg' };

describe('diagnoseTraffic', () => {
  it.each<[string, ServingRevision[], string, string]>([
    [
      'a canary that fails beside a sound revision',
      [revision('ca--stable'), revision('ca--canary', { failures: 20 })],
      "Revision 'ca--canary' answers 20 of its last 20 requests with 5xx, while 'ca--stable' beside it is sound.",
      'az containerapp ingress traffic set --name ca --resource-group rg --revision-weight ca--stable=100 ca--canary=0',
    ],
    [
      'a revision that fails alone',
      [revision('ca--v1', { weight: 100, failures: 4 })],
      "Revision 'ca--v1' is healthy and answers 4 of its last 20 requests with 5xx.",
      'az containerapp logs show --name ca --resource-group rg --revision ca--v1   # then correct the program',
    ],
    [
      'two revisions that both fail',
      [revision('ca--v1', { failures: 9 }), revision('ca--v2', { failures: 4 })],
      "Revision 'ca--v1' is healthy and answers 9 of its last 20 requests with 5xx.",
      'az containerapp logs show --name ca --resource-group rg --revision ca--v1   # then correct the program',
    ],
    [
      'a slow start from zero',
      [revision('ca--v1', { weight: 100, minReplicas: 0, coldStartMs: 2130 })],
      "Revision 'ca--v1' scales to zero, and the last request that woke it waited 2.1 s.",
      'az containerapp update --name ca --resource-group rg --min-replicas 1',
    ],
  ])('%s', (_name, revisions, cause, fix) => {
    expect(diagnoseTraffic(revisions, subject)).toMatchObject({ cause, fix });
  });

  it.each<[string, ServingRevision[]]>([
    ['no revision', []],
    ['answers without a failure', [revision('ca--v1')]],
    ['a failure among many', [revision('ca--v1', { failures: 3 })]],
    ['too few answers to tell', [revision('ca--v1', { answers: 4, failures: 4 })]],
    [
      'a start from zero that nobody notices',
      [revision('a', { minReplicas: 0, coldStartMs: 300 })],
    ],
    ['a slow start before replicas were kept', [revision('a', { coldStartMs: 5000 })]],
  ])('says nothing of %s', (_name, revisions) => {
    expect(diagnoseTraffic(revisions, subject)).toBeUndefined();
  });
});
