import { listOf, notImplemented, TEXT, type ShapeTable } from './request-shape.js';

const SINCE = '2020-01-01T00:00:00.000000';
const UNTIL = '2100-01-01T00:00:00.000000';

export const monitor: ShapeTable = {
  plane: 'activity log, log queries and extensions',
  shapes: [
    ...["resourceGroupName eq 'rg-shapes'", "caller eq '{clientId}'"].map((what) => ({
      command: `monitor activity-log list: ${what}`,
      method: 'GET' as const,
      path: '{sub}/providers/Microsoft.Insights/eventtypes/management/values',
      versions: ['2015-04-01'],
      query: { $filter: `eventTimestamp ge ${SINCE} and eventTimestamp le ${UNTIL} and ${what}` },
      status: 200,
      answer: listOf({
        ...{ caller: TEXT, eventTimestamp: TEXT, resourceId: TEXT, level: TEXT },
        ...{ resourceGroupName: TEXT, correlationId: TEXT },
      }),
    })),
    {
      command: 'monitor log-analytics query',
      method: 'POST',
      path: '/v1/workspaces/{customerId}/query',
      body: { query: 'ContainerAppConsoleLogs_CL | take 1', timespan: 'PT1H', workspaces: null },
      ...notImplemented('POST /v1/workspaces/{workspaceId}/query'),
    },
    {
      command: 'extension add --name containerapp',
      method: 'GET',
      path: '/extensions/index.json',
      as: null,
      status: 200,
      answer: {
        formatVersion: '1',
        extensions: {
          containerapp: [
            {
              ...{ downloadUrl: TEXT, filename: TEXT, sha256Digest: TEXT },
              metadata: { name: 'containerapp', version: TEXT, 'azext.minCliCoreVersion': TEXT },
            },
          ],
        },
      },
      keeps: { wheel: 'extensions.containerapp.0.downloadUrl' },
    },
    {
      command: 'extension add --name containerapp: the wheel',
      method: 'GET',
      path: '{wheel}',
      as: null,
      status: 200,
      text: /^PK/,
    },
  ],
};
