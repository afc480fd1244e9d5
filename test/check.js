// `npm run check`: everything that needs no machines. Unlike `npm test` it installs nothing.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { staticChecks } from './static-checks.js';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const { failed } = await staticChecks(folder, { cached: true });
const tests = spawnSync(join(folder, 'node_modules', '.bin', 'mocha'), ['--reporter', 'dot'], {
  cwd: folder,
  stdio: 'inherit',
});
process.exitCode = failed === 0 && tests.status === 0 ? 0 : 1;
