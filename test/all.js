// `npm test`: installs what is missing, then runs every check and test there is, real machines included. The last line
// counts them: "N passed, N failed".
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../bin/dependencies.js';
import { staticChecks } from './static-checks.js';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(folder, 'node_modules', '.bin', name);

/** Runs a program with its output shown; resolves with its status and what it printed. */
function run(program, args) {
  return new Promise((resolve) => {
    // No colour: the closing lines are read below.
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', (error) => resolve({ status: 1, output: `${output}\n${error.message}` }));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

const count = (output, word) => Number(new RegExp(`^\\s+(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0);

let passed = 0;
let failed = 0;

/** A check without tests of its own counts as one. */
async function check(title, program, args) {
  process.stdout.write(`\n== ${title}\n`);
  const { status } = await run(program, args);
  if (status === 0) passed += 1;
  else failed += 1;
}

async function suite(title, args) {
  process.stdout.write(`\n== ${title}\n`);
  const { status, output } = await run(bin('mocha'), args);
  const failures = count(output, 'failing');
  passed += count(output, 'passing');
  failed += status !== 0 && failures === 0 ? 1 : failures;
}

const problem = await ensureDependencies(folder, { withDevelopment: true });
if (problem !== undefined) {
  process.stderr.write(`${problem.message}\nhint: ${problem.hint}\n`);
  process.exit(problem.exitCode);
}
await check('programs of this host', process.execPath, [join(folder, 'bin', 'lab.js'), 'doctor', '--fix']);
const found = await staticChecks(folder, { cached: false });
passed += found.passed;
failed += found.failed;
await suite('unit tests', []);
await suite('end to end, on real machines', ['--config', '.mocharc.e2e.json']);

process.stdout.write(`\n${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
