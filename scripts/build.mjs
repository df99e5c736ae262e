// Compiles src/ to dist/. Runs from `prepare`, so `npm ci` leaves a working command.
// Types are checked by `npm run check`; here only the emit matters, so that an install stays quick.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const BUILT_WITH = [
  ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  ...['scripts/build.mjs', 'scripts/warm.mjs', 'bin/cached-script.cjs'],
];
const stampFile = join(dist, '.stamp');

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
const stamp = describeSources();
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  compile();
  await bundle('az', join(dist, 'az', 'main.js'));
  await bundle('bicep', join(dist, 'cli', 'bicep.js'));
  await bundle('build', join(dist, 'cli', 'build-entry.js'));
  execFileSync(process.execPath, [join(root, 'scripts', 'warm.mjs')], { stdio: 'inherit' });
  writeFileSync(stampFile, stamp);
}

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) {
    console.error(
      'error: TypeScript is not installed, so dist/ cannot be built\n' +
        '  why:  development dependencies were left out (NODE_ENV=production or --omit=dev)\n' +
        '  help: npm ci --include=dev',
    );
    process.exit(1);
  }
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
    cwd: root,
  });
}

/** A command in one file, which is cached as V8 compiled it. */
async function bundle(name, entry) {
  for (const cache of readdirSync(dist).filter((file) => file.startsWith(`${name}-`))) {
    rmSync(join(dist, cache));
  }
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    charset: 'ascii',
    write: false,
    // Its code lies beside a file that it reads, and few need it: it is required when it is wanted.
    external: ['@bokuweb/zstd-wasm'],
    supported: { 'dynamic-import': false },
    plugins: [{ name: 'own places', setup: keepPlaces }],
  });
  const [{ contents, hash }] = outputFiles;
  const digest = createHash('sha256').update(hash).digest('hex');
  const text = `// ${digest}\n${Buffer.from(contents).toString('latin1')}`;
  writeFileSync(join(dist, `${name}.cjs`), text, 'latin1');
}

/** In one file, the code of others still finds what lies beside them. */
function keepPlaces(build) {
  build.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('import.meta.url')) return undefined;
    const place = JSON.stringify(relative(dist, path));
    const url = `require('url').pathToFileURL(require('path').join(__dirname, ${place})).href`;
    return { contents: text.replaceAll('import.meta.url', url) };
  });
}

// npx runs `prepare` once more for a checkout's own command: nothing is compiled twice.
function describeSources() {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(BUILT_WITH.map((name) => join(root, name)))
    .sort();
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
