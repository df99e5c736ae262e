import {
  listDeletedManifests,
  listDeletedRepositories,
  listDeletedTags,
  restoreDeleted,
} from './acr-deleted.js';
import { listManifests, removeAcrManifest, showManifest, updateManifest } from './acr-manifests.js';
import { removeRepository, showRepository, updateRepository } from './acr-repositories.js';
import { listTags, showTag, untag, updateTag } from './acr-tags.js';
import { deleteBlob, getBlob, headBlob } from './blobs.js';
import { getCatalog, getTags } from './lists.js';
import { getManifest, pushManifest, removeManifest } from './manifests.js';
import { getReferrers } from './referrers.js';
import type { RequestContext } from './request-context.js';
import type { Route, RouteKind } from './route.js';
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from './uploads.js';

/** One thing a client can ask for. */
export interface Operation<R> {
  /** What a challenge asks the client to get. */
  scope: readonly string[];
  /** One of these is enough. */
  anyOf: readonly string[];
  run(context: RequestContext, route: R): Promise<void>;
}

type Methods<R> = Readonly<Record<string, Operation<R>>>;

/** Routes that need an identity; the others are the login itself. */
export type OpenKind = 'base' | 'token' | 'exchange' | 'metrics';
type Table = { readonly [K in Exclude<RouteKind, OpenKind>]: Methods<Extract<Route, { kind: K }>> };

const pull = { scope: ['pull'], anyOf: ['pull'] };
const push = { scope: ['pull', 'push'], anyOf: ['push'] };
const remove = { scope: ['delete'], anyOf: ['delete'] };
const readMetadata = { scope: ['metadata_read'], anyOf: ['metadata_read'] };
const writeMetadata = { scope: ['metadata_write'], anyOf: ['metadata_write'] };
/** Clients that only know how to pull list tags too. */
const list = { scope: ['metadata_read'], anyOf: ['metadata_read', 'pull'] };
const catalog = { scope: ['*'], anyOf: ['*'] };
const readDeleted = { scope: ['deleted_read'], anyOf: ['deleted_read', 'metadata_read'] };
const restore = {
  scope: ['deleted_restore'],
  anyOf: ['deleted_restore', 'metadata_write', 'push'],
};

/** Every operation with what it needs. The coverage table is made from this. */
export const OPERATIONS: Table = {
  catalog: { GET: { ...catalog, run: getCatalog } },
  manifest: {
    GET: { ...pull, run: getManifest },
    HEAD: { ...pull, run: getManifest },
    PUT: { ...push, run: pushManifest },
    DELETE: { ...remove, run: removeManifest },
  },
  blob: {
    GET: { ...pull, run: getBlob },
    HEAD: { ...pull, run: headBlob },
    DELETE: { ...remove, run: deleteBlob },
  },
  uploads: { POST: { ...push, run: postUpload } },
  upload: {
    GET: { ...push, run: getUpload },
    PATCH: { ...push, run: patchUpload },
    PUT: { ...push, run: putUpload },
    DELETE: { ...push, run: deleteUpload },
  },
  tags: { GET: { ...list, run: getTags } },
  referrers: { GET: { ...pull, run: getReferrers } },
  'acr-catalog': { GET: { ...catalog, run: getCatalog } },
  'acr-repository': {
    GET: { ...readMetadata, run: showRepository },
    PATCH: { ...writeMetadata, run: updateRepository },
    DELETE: { ...remove, run: removeRepository },
  },
  'acr-tags': { GET: { ...readMetadata, run: listTags } },
  'acr-tag': {
    GET: { ...readMetadata, run: showTag },
    PATCH: { ...writeMetadata, run: updateTag },
    DELETE: { ...remove, run: untag },
  },
  'acr-manifests': { GET: { ...readMetadata, run: listManifests } },
  'acr-manifest': {
    GET: { ...readMetadata, run: showManifest },
    PATCH: { ...writeMetadata, run: updateManifest },
    DELETE: { ...remove, run: removeAcrManifest },
  },
  'acr-deleted-catalog': { GET: { ...catalog, run: listDeletedRepositories } },
  'acr-deleted-manifests': { GET: { ...readDeleted, run: listDeletedManifests } },
  'acr-deleted-tags': { GET: { ...readDeleted, run: listDeletedTags } },
  'acr-deleted-manifest': { POST: { ...restore, run: restoreDeleted } },
};
