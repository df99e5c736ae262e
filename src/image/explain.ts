import { codeOf, Failure } from '../base/failure.js';
import { DocumentError } from '../oci/document.js';
import { formatPlatform } from '../oci/platform.js';
import { PlatformMismatchError } from '../remote/image-resolver.js';
import { RemoteError, type RemoteErrorKind } from '../remote/registry-client.js';

interface Advice {
  why: string;
  help: string;
}

const ADVICE: Readonly<Record<RemoteErrorKind, Advice>> = {
  'manifest-unknown': {
    why: 'there is no image of that name',
    help: 'check the tag or the digest; the tags that are there: lazurite registry list HOST/REPOSITORY',
  },
  'name-unknown': {
    why: 'there is no repository of that name',
    help: 'check the name of the repository; those that are there: lazurite registry list HOST',
  },
  'blob-unknown': {
    why: 'a part of the image is missing where it lies',
    help: 'push the image anew to where it is copied from',
  },
  unauthorized: {
    why: 'the registry wants credentials, or does not accept those it got',
    help: 'docker login HOST (or podman login HOST), then try again',
  },
  denied: {
    why: 'these credentials may not do that',
    help: 'log in as someone who may, or have the right granted',
  },
  'rate-limited': {
    why: 'the registry has had too many requests, and waiting did not help',
    help: 'log in, or try again later: what is copied already is not sent again',
  },
  'unknown-host': {
    why: 'the name of the registry leads nowhere',
    help: 'check the part before the first slash',
  },
  unreachable: {
    why: 'nobody answers there, or the connection broke off',
    help: 'check that the registry runs; one without TLS needs --plain-http',
  },
  'bad-content': {
    why: 'what was sent is not what was promised; nothing of it was used',
    help: 'try again; if it stays so, the registry or something before it is at fault',
  },
  unexpected: {
    why: 'the registry could not do it',
    help: 'try again later; its log may say more',
  },
};

const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Makes of what stops a command on images what a person reads; other errors stay what they are. */
export function explainFailure(error: unknown): unknown {
  if (error instanceof RemoteError) {
    return new Failure(error.message, { ...adviceFor(error), cause: error });
  }
  if (error instanceof PlatformMismatchError) {
    const there = error.available.map(formatPlatform).join(', ') || 'none';
    return new Failure(error.message, {
      why: `there are: ${there}`,
      help: 'choose one of these with --platform, or build the image for the one that is missing',
      cause: error,
    });
  }
  if (error instanceof DocumentError) {
    return new Failure(error.message, {
      why: 'the image is damaged where it lies, or no image',
      help: 'write it there anew',
      cause: error,
    });
  }
  return error;
}

function adviceFor(error: RemoteError): Advice {
  const code = codeOf(error.cause) ?? '';
  if (UNTRUSTED.test(code)) {
    return {
      why: 'its certificate is not trusted here',
      help: 'name the authority with --ca FILE or SSL_CERT_FILE',
    };
  }
  if (code === 'EPROTO') {
    return { why: 'the registry does not speak TLS', help: 'add --plain-http' };
  }
  return ADVICE[error.kind];
}
