// Arrows point only down this list (ARCHITECTURE.md, "Layers"). A folder may import itself and anything below it.
const LAYERS = [
  ['cli'],
  ['az'],
  ['labs'],
  ['check'],
  ['server'],
  ['arm'],
  ['apps'],
  ['tasks'],
  ['build'],
  ['mirror'],
  ['image'],
  ['registry'],
  ['identity'],
  ['bicep'],
  ['template'],
  ['runtime'],
  ['remote'],
  ['storage'],
  ['oci'],
  ['http'],
  ['base'],
];

const upward = LAYERS.flatMap((layer, index) =>
  layer
    .map((name) => ({ name, above: LAYERS.slice(0, index).flat() }))
    .filter(({ above }) => above.length > 0)
    .map(({ name, above }) => ({
      name: `${name}-points-down`,
      severity: 'error',
      comment: `src/${name} may import only itself and the layers below it`,
      from: { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(${above.join('|')})/` },
    })),
);

// The command line reaches a server over HTTP (or starts one through src/cli/up.ts), never around it.
const OVER_HTTP_ONLY = 'arm|apps|tasks|registry|identity|storage';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'az-and-labs-over-http',
      severity: 'error',
      from: { path: '^src/(az|labs)/', pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(server|${OVER_HTTP_ONLY})/` },
    },
    {
      name: 'compilers-do-no-io',
      severity: 'error',
      comment: 'src/bicep and src/template are pure: readers are passed in',
      from: { path: '^src/(bicep|template)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?(fs|net|http|https|child_process)(/|$)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
