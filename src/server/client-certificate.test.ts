import { constants, sign, X509Certificate } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { checkClientAssertion } from '../identity/client-assertion.js';
import { issueClientCertificate, type KeyAndCertificate } from './certificates.js';

const ORIGIN = 'https://localhost:7443';
const NOW = new Date('2026-06-20T12:00:00Z');
const CLAIMS = {
  ...{ iss: 'app', sub: 'app', aud: `${ORIGIN}/adfs/oauth2/v2.0/token` },
  exp: NOW.getTime() / 1000 + 600,
};

let own: KeyAndCertificate;
let other: KeyAndCertificate;
beforeAll(async () => {
  [own, other] = await Promise.all([issueClientCertificate('app'), issueClientCertificate('app')]);
});

interface Change {
  header?: object;
  claims?: object;
  signer?: KeyAndCertificate;
}

/** Signed as MSAL does it for Entra (PS256) or for AD FS (RS256). */
function assertion(alg: string, { header, claims, signer = own }: Change = {}): string {
  const { fingerprint, fingerprint256 } = new X509Certificate(signer.certificate);
  const thumbprint = (hex: string): string =>
    Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url');
  const named =
    alg === 'PS256' ? { 'x5t#S256': thumbprint(fingerprint256) } : { x5t: thumbprint(fingerprint) };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg, ...named, ...header })}.${part({ ...CLAIMS, ...claims })}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const key = { key: signer.key, ...(alg === 'PS256' && pss) };
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

function check(text: string, certificate = own.certificate): void {
  checkClientAssertion(text, { clientId: 'app', origin: ORIGIN, certificate, now: NOW });
}

it.each(['RS256', 'PS256'])('takes what the key of the certificate signed with %s', (alg) => {
  check(assertion(alg));
  check(assertion(alg), `${own.key}${own.certificate}`);
});

it('takes a padded name of the certificate, as MSAL for Python writes it', () => {
  const { fingerprint } = new X509Certificate(own.certificate);
  const x5t = Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64');
  const header = { x5t: x5t.replaceAll('+', '-').replaceAll('/', '_') };
  expect(header.x5t).toMatch(/=$/);
  check(assertion('RS256', { header }));
});

it.each<[string, () => string, RegExp]>([
  ['no token', () => 'a.b.c', /no JSON Web Token/],
  ['nothing', () => '', /no JSON Web Token/],
  ['another certificate', () => assertion('RS256', { signer: other }), /not that of the app/],
  [
    'the name of one and the key of another',
    () => assertion('RS256', { signer: { ...own, key: other.key } }),
    /signature is not valid/,
  ],
  ['no algorithm', () => assertion('RS256', { header: { alg: 'none' } }), /neither RS256/],
  ['a name of JavaScript', () => assertion('RS256', { header: { alg: 'toString' } }), /neither/],
  ['another issuer', () => assertion('RS256', { claims: { iss: 'x' } }), /issuer and subject/],
  [
    'another authority',
    () => assertion('PS256', { claims: { aud: 'https://login.example/token' } }),
    /another audience/,
  ],
  ['an old one', () => assertion('PS256', { claims: { exp: CLAIMS.exp - 600 } }), /expired/],
  ['one without an end', () => assertion('PS256', { claims: { exp: null } }), /expired/],
])('refuses %s', (_what, text, why) => {
  expect(() => {
    check(text());
  }).toThrow(why);
});

it('refuses when the application has no certificate, or one that is damaged', () => {
  const expected = { clientId: 'app', origin: ORIGIN, now: NOW };
  const refused = (certificate: string | undefined) => () => {
    checkClientAssertion(assertion('RS256'), { ...expected, certificate });
  };
  expect(refused(undefined)).toThrow(/has no certificate/);
  expect(refused('junk')).toThrow(/cannot be read/);
});
