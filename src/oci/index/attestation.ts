/** Annotation of the attestations that BuildKit puts in an index: the manifest they are about. */
export const ATTESTED_DIGEST = 'vnd.docker.reference.digest';
