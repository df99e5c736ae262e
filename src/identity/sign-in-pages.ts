import type { ServerResponse } from 'node:http';
import type { AuthorizationAnswer } from './authorization-codes.js';

const STYLE =
  'body{font:16px system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}' +
  'input,button{font:inherit;padding:.4rem .8rem}';

/** Sends the browser back to the program that asked, in the way it asked for. */
export function sendAuthorization(response: ServerResponse, answer: AuthorizationAnswer): void {
  const { redirectUri, mode, fields } = answer;
  if (mode === 'query') {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
    response.writeHead(302, { location: target.href, 'cache-control': 'no-store' }).end();
    return;
  }
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  sendPage(
    response,
    200,
    `<form method="post" action="${escape(redirectUri)}">${inputs.join('')}` +
      '<noscript><button>Continue</button></noscript></form>' +
      '<script>document.forms[0].submit()</script>',
  );
}

/** Where a person enters the code that a client shows. */
export function sendDevicePage(response: ServerResponse, userCode: string): void {
  sendPage(
    response,
    200,
    '<h1>Sign in to Lazurite</h1><form method="post"><label>Code ' +
      `<input name="user_code" value="${escape(userCode)}" autofocus required></label> ` +
      '<button>Sign in</button></form>',
  );
}

export function sendDeviceOutcome(response: ServerResponse, approved: boolean): void {
  if (approved) sendPage(response, 200, '<h1>Signed in</h1><p>You can close this page.</p>');
  else sendPage(response, 400, '<h1>Unknown code</h1><p>Nobody waits with that code any more.</p>');
}

function sendPage(response: ServerResponse, status: number, body: string): void {
  const html =
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width"><title>Lazurite</title>' +
    `<style>${STYLE}</style></head><body>${body}</body></html>\n`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
  });
  response.end(html);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
