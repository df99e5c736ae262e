// Runs a bundle of dist/ with V8's code cache beside it: nothing is parsed or compiled at the start of a command.
'use strict';
const { readFileSync, renameSync, writeFileSync } = require('fs');
const { join } = require('path');
const { Script } = require('vm');

const DIST = join(__dirname, '..', 'dist');
/** Length of the bundle's digest, which stands in its first line and in front of the cache. V8 compares lengths only. */
const DIGEST = 64;

/**
 * @param name e.g. 'az' for dist/az.cjs
 * @returns its exports, and what keeps the code compiled by now for the next start
 */
exports.loadScript = function (name) {
  const file = join(DIST, name + '.cjs');
  const source = readFileSync(file, 'latin1'); // the bundle is ASCII
  const digest = source.slice(3, 3 + DIGEST);
  const cacheFile = join(DIST, `${name}-${process.versions.v8}-${process.arch}.cache`);
  const cachedData = readCache(cacheFile, digest);
  const script = new Script(`(function (exports, require, module, __dirname) {${source}\n})`, {
    filename: file,
    cachedData,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, DIST);
  return {
    exports: module.exports,
    isCached: cachedData !== undefined && script.cachedDataRejected === false,
    keep: function () {
      const data = Buffer.concat([Buffer.from(digest), script.createCachedData()]);
      writeFileSync(`${cacheFile}.${process.pid}`, data);
      renameSync(`${cacheFile}.${process.pid}`, cacheFile);
    },
  };
};

function readCache(file, digest) {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined; // another Node than the one that built it
  }
  return bytes.toString('latin1', 0, DIGEST) === digest ? bytes.subarray(DIGEST) : undefined;
}
