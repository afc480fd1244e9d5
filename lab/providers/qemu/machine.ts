import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { RigError } from '../../errors.ts';
import { waitFor } from '../../wait.ts';
import { qemuArguments, type MachineSpec } from './arguments.ts';
import { endMachine, startQemu } from './process.ts';
import { connectQmp, type Qmp } from '../../qmp.ts';

/** Environment variables through which QEMU's exec: commands get their paths, so that no path is part of a command. */
const incomingVariable = 'LAB_INCOMING';
const outgoingVariable = 'LAB_OUTGOING';

export interface StartOptions {
  /** File with a saved state to load instead of booting. The machine is then paused. */
  incoming?: string;
  /** File that `saveState` writes. */
  outgoing: string;
}

/**
 * Starts the process of a machine and connects to its monitor. With `incoming` it returns when the saved state is loaded
 * and the machine stands still.
 */
export async function startMachine(spec: MachineSpec, { incoming, outgoing }: StartOptions): Promise<Qmp> {
  const { files, name } = spec;
  await endMachine(files);
  const args = qemuArguments({
    ...spec,
    ...(incoming === undefined ? {} : { incoming: `"$${incomingVariable}"` }),
  });
  await startQemu(args, join(files.disk, '..'), name, {
    [incomingVariable]: incoming ?? '',
    [outgoingVariable]: outgoing,
  });
  const qmp = await connectQmp(files.qmp, name);
  try {
    await writeFile(portFile(files.qmp), String(await forwardedPort(qmp, name)));
    if (incoming !== undefined) await loaded(qmp, name);
    return qmp;
  } catch (error) {
    qmp.close();
    throw error;
  }
}

const Status = z.looseObject({ status: z.string() });

async function loaded(qmp: Qmp, name: string): Promise<void> {
  let died = false;
  void qmp.ended.then(() => {
    died = true;
  });
  const alive = await waitFor(
    `${name} to load its saved state`,
    async () => {
      if (died) return { done: true, value: false };
      const { status } = Status.parse(await qmp.command('query-status'));
      return status === 'inmigrate' ? { done: false, state: status } : { done: true, value: true };
    },
    { timeoutMs: 60_000, everyMs: 25 },
  );
  if (!alive) throw new RigError(`${name}: QEMU ended while it loaded a saved state`);
}

const Migration = z.looseObject({ status: z.string().optional(), 'error-desc': z.string().optional() });

/** Writes memory and device state of a stopped machine to the file given at its start. The process can only be ended afterwards. */
export async function saveState(qmp: Qmp, name: string): Promise<void> {
  await qmp.command('migrate-set-parameters', { 'max-bandwidth': 1e12 });
  await qmp.command('migrate', { uri: `exec:cat > "$${outgoingVariable}"` });
  const end = await waitFor(
    `${name} to be saved`,
    async () => {
      const migration = Migration.parse(await qmp.command('query-migrate'));
      const { status } = migration;
      return status === 'completed' || status === 'failed' || status === 'cancelled'
        ? { done: true, value: migration }
        : { done: false, state: status ?? 'not begun' };
    },
    { timeoutMs: 120_000, everyMs: 25 },
  );
  if (end.status !== 'completed')
    throw new RigError(`${name}: saving failed: ${end['error-desc'] ?? end.status ?? ''}`);
}

/** Ends a machine in order: QEMU writes what it holds for its disk. */
export async function quitMachine(
  qmp: Qmp,
  files: { pidFile: string; qmp: string; switchQmp: string },
): Promise<void> {
  await qmp.command('quit').catch(() => undefined);
  await Promise.race([qmp.ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
  qmp.close();
  await endMachine(files);
  await rm(portFile(files.qmp), { force: true });
}

function portFile(qmpSocket: string): string {
  return qmpSocket.replace(/\.qmp$/, '.port');
}

/** The port on 127.0.0.1 that leads to the machine's sshd, as the last start left it. */
export async function sshPort(qmpSocket: string, name: string): Promise<number> {
  const port = Number(await readFile(portFile(qmpSocket), 'utf8').catch(() => ''));
  if (!Number.isInteger(port) || port <= 0) throw new RigError(`${name} does not run: no port is known`);
  return port;
}

/** QEMU chose the port; its monitor tells which (`info usernet`). */
async function forwardedPort(qmp: Qmp, name: string): Promise<number> {
  const text = String(await qmp.command('human-monitor-command', { 'command-line': 'info usernet' }));
  const port = /TCP\[HOST_FORWARD\]\s+\S+\s+127\.0\.0\.1\s+(\d+)/.exec(text)?.[1];
  if (port === undefined) throw new RigError(`${name}: QEMU forwards no port: ${text}`);
  return Number(port);
}

/** A fresh copy-on-write disk over another one. */
export async function createOverlay(file: string, backing: string, format: 'raw' | 'qcow2'): Promise<void> {
  await rm(file, { force: true });
  const result = await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', backing, file], {
    reject: false,
    timeout: 30_000,
  });
  if (result.exitCode !== 0) throw new RigError(`cannot create ${file}: ${result.stderr}`);
}
