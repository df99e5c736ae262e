import type { Shape } from '../sdk-shape.js';

/** What a webhook was sent, and what came back. */
export const WEBHOOK_EVENT: Shape = {
  id: 'any',
  eventRequestMessage: {
    content: {
      id: 'any',
      timestamp: 'time',
      action: 'any',
      target: {
        mediaType: 'any',
        size: 'any',
        digest: 'any',
        length: 'any',
        repository: 'any',
        url: 'any',
        tag: 'any',
        name: 'any',
        version: 'any',
      },
      request: { id: 'any', addr: 'any', host: 'any', method: 'any', useragent: 'any' },
      actor: 'any',
      source: 'any',
    },
    headers: 'any',
    method: 'any',
    requestUri: 'any',
    version: 'any',
  },
  eventResponseMessage: {
    content: 'any',
    headers: 'any',
    reasonPhrase: 'any',
    statusCode: 'any',
    version: 'any',
  },
};
