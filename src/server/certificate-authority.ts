import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { issueAuthority, issueLeaf, type KeyAndCertificate } from './certificates.js';

/** More names than one machine's registries and apps have; beyond it a client is making names up. */
const MAX_CACHED_NAMES = 2_000;

/**
 * The local CA of one home, and server certificates by host name, issued on demand and kept in memory.
 * The key stays in the home; nothing but `lazurite trust` puts the certificate elsewhere.
 */
export class CertificateAuthority {
  readonly #authority: KeyAndCertificate;
  readonly #default: SecureContext;
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  /** The CA's certificate, PEM. */
  readonly certificateFile: string;
  /** The CA and the public roots, for clients whose setting replaces their own bundle. */
  readonly bundleFile: string;

  private constructor(directory: string, authority: KeyAndCertificate, leaf: KeyAndCertificate) {
    this.#authority = authority;
    this.defaultOptions = { key: leaf.key, cert: leaf.certificate };
    this.#default = createSecureContext(this.defaultOptions);
    this.certificateFile = join(directory, 'ca.pem');
    this.bundleFile = join(directory, 'bundle.pem');
  }

  static async open(directory: string): Promise<CertificateAuthority> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const authority = await loadOrCreate(directory, 'ca', issueAuthority);
    const names = ['localhost', '127.0.0.1', '::1'];
    const leaf = await loadOrCreate(directory, 'localhost', () => issueLeaf(authority, names));
    const result = new CertificateAuthority(directory, authority, leaf);
    if (!existsSync(result.bundleFile)) {
      replaceFile(
        result.bundleFile,
        [authority.certificate, ...rootCertificates].join('\n'),
        0o644,
      );
    }
    return result;
  }

  /** Key and certificate that TLS servers present to clients that name no host. */
  readonly defaultOptions: { key: string; cert: string };

  /** Keys for `tls.Server`'s SNICallback. */
  readonly selectContext = (
    serverName: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): void => {
    this.#contextFor(serverName.toLowerCase()).then(
      (context) => {
        done(null, context);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
  };

  async #contextFor(name: string): Promise<SecureContext> {
    if (name === '' || name === 'localhost' || isIP(name) !== 0) return this.#default;
    let context = this.#contexts.get(name);
    if (context === undefined) {
      if (this.#contexts.size >= MAX_CACHED_NAMES) return this.#default;
      context = issueLeaf(this.#authority, [name]).then((leaf) =>
        createSecureContext({ key: leaf.key, cert: leaf.certificate }),
      );
      this.#contexts.set(name, context);
    }
    return context;
  }
}

async function loadOrCreate(
  directory: string,
  name: string,
  create: () => Promise<KeyAndCertificate>,
): Promise<KeyAndCertificate> {
  const keyFile = join(directory, `${name}.key`);
  const certificateFile = join(directory, `${name}.pem`);
  if (existsSync(keyFile) && existsSync(certificateFile)) {
    return {
      key: readFileSync(keyFile, 'utf8'),
      certificate: readFileSync(certificateFile, 'utf8'),
    };
  }
  const pair = await create();
  replaceFile(certificateFile, pair.certificate, 0o644);
  replaceFile(keyFile, pair.key, 0o600); // last: a pair counts only when its key is there
  return pair;
}

function replaceFile(file: string, content: string, mode: number): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, content, { mode });
  chmodSync(temporary, mode);
  renameSync(temporary, file);
}
