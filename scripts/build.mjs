// Compiles src/ to dist/. Runs from `prepare`, so `npm ci` leaves a working command.
// Types are checked by `npm run check`; here only the emit matters, so that an install stays quick.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(tsc)) {
  console.error(
    'lazurite: TypeScript is not installed, so dist/ cannot be built.\n' +
      'Why:  development dependencies were left out (NODE_ENV=production or --omit=dev).\n' +
      'Help: npm ci --include=dev',
  );
  process.exit(1);
}
if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
  cwd: root,
});
