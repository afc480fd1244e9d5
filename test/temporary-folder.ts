import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { usePrivateRuntime } from './private-runtime.ts';

/**
 * Every temporary folder of a mocha run lies in one folder, which goes when the run ends, however that comes about; one that was
 * killed (kill -9) leaves it to the next run. Its workers (--parallel) inherit it.
 */
const marker = 'LAB_TEST_FOLDER';

if (process.env[marker] === undefined) {
  const system = tmpdir();
  /** TMPDIR may be too long for sockets. */
  const short = '/tmp';
  for (const place of new Set([system, short]))
    for (const name of readdirSync(place)) {
      const pid = /^lab-test-(\d+)-/.exec(name)?.[1];
      if (pid !== undefined && !alive(Number(pid)))
        rmSync(join(place, name), { recursive: true, force: true });
    }
  const folder = mkdtempSync(join(system, `lab-test-${String(process.pid)}-`));
  const runtime = mkdtempSync(join(short, `lab-test-${String(process.pid)}-`));
  usePrivateRuntime(runtime);
  // What tsx has translated before: without it every process that a test starts would translate everything anew.
  const translated = `tsx-${String(userInfo().uid)}`;
  mkdirSync(join(system, translated), { recursive: true });
  symlinkSync(join(system, translated), join(folder, translated));
  process.env[marker] = folder;
  process.env['TMPDIR'] = folder;
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(runtime, { recursive: true, force: true });
  });
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const)
    process.once(signal, () => {
      process.exit(128 + number);
    });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
