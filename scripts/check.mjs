// `npm run check`: types, lint, format, layer boundaries and dead exports. Prints each tool's verdict; exits 1 on any failure.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const steps = [
  ['types', ['tsc', '-p', 'tsconfig.json']],
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  [
    'boundaries',
    ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src'],
  ],
  ['dead exports', ['knip']],
];
let failed = 0;
for (const [name, [tool, ...args]] of steps) {
  const { status } = spawnSync('npx', ['--no-install', tool, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
