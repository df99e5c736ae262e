#!/usr/bin/env node
// Entry of the `lazurite` and `az` commands. Plain old JavaScript up to the version check, so that an old Node reaches it.
'use strict';
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(
    'error: Lazurite needs Node 20.19 or later, and this is Node ' +
      process.versions.node +
      '\n  why:  it relies on interfaces that older versions lack\n  help: install a current Node.js (https://nodejs.org), then run the command again',
  );
  process.exit(1);
}
var path = require('path');
var dist = path.join(__dirname, '..', 'dist');
if (!require('fs').existsSync(path.join(dist, 'az.cjs'))) {
  console.error(
    'error: Lazurite is not built\n  why:  dist/ is missing; `npm ci` builds it unless scripts are switched off\n  help: npm run build',
  );
  process.exit(1);
}
var argv = process.argv.slice(2);
// The az, bicep and build commands start often, in scripts: they load nothing of the rest, and compile nothing.
var called = path.basename(process.argv[1]);
var name = ['az', 'bicep'].find(function (each) {
  return called === each || argv[0] === each;
});
if (!name && argv[0] === 'build') name = 'build';
if (argv[0] === name) argv.shift();
function setCode(code) {
  process.exitCode = code;
}
if (name) {
  var script = require('./cached-script.cjs').loadScript(name);
  script.exports.main(argv).then(function (code) {
    setCode(code);
    if (script.isCached) return;
    try {
      script.keep();
    } catch {
      // Someone else's installation can't be written: it starts a little slower.
    }
  });
} else {
  import(require('url').pathToFileURL(path.join(dist, 'cli', 'main.js')).href)
    .then(function (module) {
      return module.main(argv);
    })
    .then(setCode);
}
