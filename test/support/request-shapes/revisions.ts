import {
  notImplemented,
  NUMBER,
  TEXT,
  type RequestShape,
  type ShapeTable,
} from './request-shape.js';
import { APP } from './container-apps.js';

const VERSIONS = ['2025-01-01', '2024-03-01'];
const WRITE = VERSIONS.slice(0, 1);
const REVISION = `${APP}/revisions/{revision}`;
const REPLICA_DATA =
  '{group}/containerApps/ca/revisions/{revision}/replicas/{replica}/containers/ca';

const revisions: RequestShape[] = [
  {
    command: 'containerapp revision list',
    method: 'GET',
    path: `${APP}/revisions`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [revision('{revision}', 80), revision('ca--two', 20)] },
  },
  {
    command: 'containerapp revision show',
    method: 'GET',
    path: REVISION,
    versions: VERSIONS,
    status: 200,
    answer: revision('{revision}', 80),
  },
  ...['restart', 'deactivate', 'activate'].map((action): RequestShape => ({
    command: `containerapp revision ${action}`,
    method: 'POST',
    path: `${REVISION}/${action}`,
    versions: WRITE,
    status: 200,
    answer: { name: '{revision}' },
  })),
  {
    command: 'containerapp replica list',
    method: 'GET',
    path: `${REVISION}/replicas`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: { value: [{ name: TEXT, properties: { runningState: 'Running' } }] },
    keeps: { replica: 'value.0.name' },
  },
  {
    // With a slash at the end.
    command: 'containerapp replica show',
    method: 'GET',
    path: `${REVISION}/replicas/{replica}/`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: {
      name: '{replica}',
      properties: {
        ...{ createdTime: TEXT, runningState: 'Running' },
        containers: [
          {
            ...{ name: 'ca', containerId: TEXT, ready: true, started: true, restartCount: NUMBER },
            ...{ runningState: 'Running', execEndpoint: TEXT },
            logStreamEndpoint: `{gateway}${REPLICA_DATA}/logstream`,
          },
        ],
      },
    },
  },
  {
    command: 'containerapp logs show; containerapp exec: a token',
    method: 'POST',
    path: `${APP}/getAuthToken`,
    versions: VERSIONS,
    status: 200,
    answer: { properties: { token: TEXT } },
    keeps: { appToken: 'properties.token' },
  },
  ...['json', 'text'].map((output): RequestShape => ({
    command: `containerapp logs show --format ${output}`,
    method: 'GET',
    path: `${REPLICA_DATA}/logstream`,
    query: { follow: 'false', output, tailLines: '20' },
    as: 'appToken',
    status: 200,
    text: output === 'json' ? /^\{"TimeStamp":".*","Log":".*"\}\n/ : /hello|listen/i,
  })),
  {
    command: 'containerapp logs show --type system',
    method: 'GET',
    path: '{appStream}',
    query: { follow: 'false', output: 'json', tailLines: '20' },
    as: 'appToken',
    status: 200,
    text: /^\{"TimeStamp":".*","Type":"Normal",.*"Msg":".*","Reason":".*","EventSource":"ContainerAppController","Count":\d+\}\n/,
  },
  ...['exec', 'debug'].map((what): RequestShape => ({
    command: `containerapp ${what}`,
    method: 'GET',
    path: `${REPLICA_DATA}/${what}`,
    query: { command: 'sh' },
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
    as: 'appToken',
    ...(what === 'exec' ? { status: 101 } : notImplemented("'debug' into a container")),
  })),
];

export const revisionsAndLogs: ShapeTable = {
  plane: 'revisions, replicas, logs and exec',
  shapes: revisions,
};

function revision(name: string, trafficWeight: number): object {
  return {
    name,
    properties: {
      ...{ active: true, createdTime: TEXT, trafficWeight, replicas: NUMBER },
      ...{ healthState: TEXT, provisioningState: TEXT, template: { containers: [{ name: 'ca' }] } },
    },
  };
}
