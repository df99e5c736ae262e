import { sendJson } from '../../http/body.js';
import type { HttpPlane } from '../../http/plane.js';
import { containerappWheel, EXTENSION_METADATA } from './containerapp-wheel.js';

/**
 * The index of CLI extensions at `/extensions/index.json`, so that `az extension add --name containerapp`
 * works without a network. It has that one extension, which leaves the CLI's own commands as they are.
 */
export function createExtensionIndexPlane(): HttpPlane {
  const wheel = containerappWheel();
  const file = `/extensions/${wheel.filename}`;
  return {
    name: 'extensions',
    handle(request, response, url) {
      const path = url.pathname.toLowerCase();
      const reading = request.method === 'GET' || request.method === 'HEAD';
      if (!reading || (path !== '/extensions/index.json' && path !== file)) {
        return Promise.resolve(false);
      }
      if (path === file) {
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-length': wheel.bytes.length,
        });
        response.end(request.method === 'HEAD' ? undefined : wheel.bytes);
        return Promise.resolve(true);
      }
      sendJson(response, 200, {
        formatVersion: '1',
        extensions: {
          containerapp: [
            {
              downloadUrl: `${url.origin}${file}`,
              filename: wheel.filename,
              sha256Digest: wheel.sha256,
              metadata: EXTENSION_METADATA,
            },
          ],
        },
      });
      return Promise.resolve(true);
    },
  };
}
