import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileBlobStore } from './file-blob-store.js';
import { describeBlobStore } from './testing/blob-store-contract.js';

describeBlobStore('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blobs-'));
  return {
    open: () => openFileBlobStore(folder),
    reopen: () => openFileBlobStore(folder),
    destroy: async () => rmSync(folder, { recursive: true }),
  };
});
