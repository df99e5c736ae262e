// node compile-once.cjs FILE: milliseconds that loading the compiler and compiling a file take in a fresh process.
'use strict';
const { performance } = require('perf_hooks');
const { loadScript } = require('../../bin/cached-script.cjs');

const started = performance.now();
const silent = {
  stdout: function () {},
  stderr: function (text) {
    throw new Error(text);
  },
};
loadScript('bicep')
  .exports.runBicep(['build', '--stdout', process.argv[2]], silent)
  .then(function (code) {
    if (code !== 0) throw new Error(`exit code ${code}`);
    console.log(performance.now() - started);
  });
