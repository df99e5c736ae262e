import { Failure } from '../base/failure.js';
import { parseDigest, type Digest } from '../oci/digest.js';
import { parseReference, type Reference } from '../oci/reference.js';

/** Where an image is, as people type it. */
export type ImageLocation =
  | { kind: 'registry'; text: string; reference: Reference }
  | {
      kind: 'oci';
      text: string;
      /** e.g. `'./images'` */
      directory: string;
      /** Name in the layout, e.g. `'v1'`; undefined when none is given. */
      name?: string;
      digest?: Digest;
    }
  | { kind: 'docker-archive'; text: string; file: string; reference?: Reference };

/**
 * Parses `HOST/REPOSITORY[:TAG][@DIGEST]` (also with `docker://`), `oci:DIR[:NAME|@DIGEST]` and
 * `docker-archive:FILE[:REF]`.
 *
 * @throws Failure (exit code 2)
 */
export function parseLocation(text: string): ImageLocation {
  const [, scheme, rest = ''] = /^(oci|docker-archive):(.*)$/s.exec(text) ?? [];
  if (scheme === 'oci') return parseLayout(text, rest);
  if (scheme === 'docker-archive') return parseArchive(text, rest);
  const reference = parseReference(text.replace(/^docker:\/\//, ''));
  if (reference !== undefined) return { kind: 'registry', text, reference };
  throw badLocation(text, 'it is neither a reference nor a known kind of place');
}

function parseLayout(text: string, rest: string): ImageLocation {
  const at = /^(.+?)@(sha(?:256|512):.*)$/s.exec(rest);
  if (at?.[1] !== undefined) {
    const digest = parseDigest(at[2] ?? '');
    if (digest === undefined) throw badLocation(text, 'the digest is malformed');
    return { kind: 'oci', text, directory: at[1], digest };
  }
  const { path, name } = splitPath(rest);
  if (path === '') throw badLocation(text, 'the directory is missing');
  return { kind: 'oci', text, directory: path, ...(name !== undefined && { name }) };
}

function parseArchive(text: string, rest: string): ImageLocation {
  const { path, name } = splitPath(rest);
  if (path === '') throw badLocation(text, 'the file is missing');
  if (name === undefined) return { kind: 'docker-archive', text, file: path };
  const reference = parseReference(name);
  if (reference?.tag === undefined) throw badLocation(text, `"${name}" is no name with a tag`);
  return { kind: 'docker-archive', text, file: path, reference };
}

/** The first colon ends the path, as in skopeo. */
function splitPath(rest: string): { path: string; name?: string } {
  const colon = rest.indexOf(':');
  if (colon < 0) return { path: rest };
  const name = rest.slice(colon + 1);
  return { path: rest.slice(0, colon), ...(name !== '' && { name }) };
}

function badLocation(text: string, why: string): Failure {
  return new Failure(`"${text}" names no image`, {
    why,
    help: 'write HOST/REPOSITORY:TAG, oci:DIR[:NAME|@DIGEST] or docker-archive:FILE[:REF]',
    exitCode: 2,
  });
}
