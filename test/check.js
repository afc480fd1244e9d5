// `npm run check`: everything that needs no machines. Unlike `npm test` it installs nothing.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { staticChecks } from './static-checks.js';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Tests often wait, for processes and timers; the other checks have the processors meanwhile, and only then. */
function unitTests() {
  const mocha = join(folder, 'node_modules', '.bin', 'mocha');
  const child = spawn(mocha, ['--reporter', 'dot'], { cwd: folder, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (status) => resolve(status ?? 1));
  });
}

const tests = unitTests();
const told = [];
const checks = staticChecks(folder, {
  cached: true,
  inTheBackground: true,
  print: (text) => told.push(text),
});
const status = await tests;
const { failed } = await checks;
process.stdout.write(told.join(''));
process.exitCode = failed === 0 && status === 0 ? 0 : 1;
