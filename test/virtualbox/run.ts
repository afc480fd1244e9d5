// `npm run test:virtualbox`: builds or finds the chroot with VirtualBox, then runs the tests of this folder in network, mount
// and process namespaces of their own, with which all that they started ends. Status 69 and "not available" say that this
// host cannot run them, which is no pass.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { insideNamespaces } from '../namespaces.ts';
import { findProgram } from '../../lab/host/programs.ts';
import { messageOf } from '../../lab/errors.ts';
import { ensureChroot } from './harness/chroot.ts';
import { furnish } from './harness/rooms.ts';
import { proveMachineRuns } from './harness/trial.ts';
import { Unavailable, unavailableStatus } from './harness/unavailable.ts';

const project = join(import.meta.dirname, '..', '..');
const runTimeoutMs = 30 * 60_000;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Outside: as the user started it. Inside: in namespaces, where nothing has to be undone. */
async function outside(args: string[]): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Unavailable('the test needs Linux and root, for namespaces and a chroot');
  if (findProgram('vagrant', process.env['PATH'] ?? '') === undefined)
    throw new Unavailable('vagrant is not installed: apt-get install -y --no-install-recommends vagrant');
  await ensureChroot(process.env, say);
  return await insideNamespaces(fileURLToPath(import.meta.url), args, {
    // The chroot's only writable place is its /tmp.
    folderPrefix: '/tmp/lab-virtualbox-',
    timeoutMs: runTimeoutMs,
  });
}

async function inside(folder: string, args: string[]): Promise<number> {
  const chroot = await ensureChroot(process.env, say);
  const { bin, debianBin } = furnish(chroot, folder);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    LAB_TEST_FOLDER: folder,
    LAB_TEST_BOOT_SECTOR: chroot.bootSector,
    LAB_TEST_DEBIAN_BIN: debianBin,
  };
  say(await proveMachineRuns(env));
  const mocha = await execa(
    join(project, 'node_modules', '.bin', 'mocha'),
    ['--config', join(import.meta.dirname, '.mocharc.json'), ...args],
    { cwd: project, env, stdio: ['ignore', 'inherit', 'inherit'], reject: false },
  );
  return mocha.exitCode ?? 1;
}

const [mode, folder = '', ...rest] = process.argv.slice(2);
try {
  process.exitCode = mode === '--inside' ? await inside(folder, rest) : await outside(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  process.stderr.write(`not available: ${messageOf(error)}\n`);
  process.exitCode = unavailableStatus;
}
