import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { RigError, messageOf } from '../../errors.ts';
import { holdLock } from '../../lock.ts';
import { SshMachine } from '../../machines/ssh.ts';
import type { Progress } from '../../progress.ts';
import { waitFor } from '../../wait.ts';
import type { Accelerator, Hardware, MachineSpec } from './arguments.ts';
import type { Image } from './image.ts';
import { createOverlay, quitMachine, saveState, sshPort, startMachine } from './machine.ts';
import { cacheDirectory, machineSockets, makePrivate, runtimeRoot } from './paths.ts';
import { endMachine } from './process.ts';

/** Raise when the command line of machines changes so that an older saved state no longer fits. */
export const stateVersion = 3;

/** A machine that was booted once and frozen; every node is a clone of one. */
export interface Base {
  disk: string;
  memory: string;
}

/** MAC address of eth0 in every machine: each hangs on a user-mode network of its own. */
export const managementMac = '52:54:00:00:00:01';

export async function ensureBase(
  image: Image,
  hardware: Hardware,
  accelerator: Accelerator,
  progress: Progress,
  signal: AbortSignal,
): Promise<Base> {
  const { stdout } = await execa('qemu-system-x86_64', ['--version']);
  const key = createHash('sha256')
    .update(JSON.stringify([stateVersion, image.id, hardware, accelerator, stdout.split('\n')[0]]))
    .digest('hex')
    .slice(0, 16);
  const bases = join(cacheDirectory(), 'bases');
  await makePrivate(bases);
  const directory = join(bases, key);
  const base = { disk: join(directory, 'disk.qcow2'), memory: join(directory, 'memory') };
  if (await exists(base.memory)) return base;
  return await progress.step('boot the base machine', async () => {
    const lock = await holdLock(join(bases, `${key}.lock`), 'booting a base machine', {
      waitMs: 10 * 60_000,
      signal,
    });
    try {
      if (!(await exists(base.memory)))
        await bootAndFreeze(image, hardware, accelerator, bases, directory, signal);
      return base;
    } finally {
      await lock.release();
    }
  });
}

async function bootAndFreeze(
  image: Image,
  hardware: Hardware,
  accelerator: Accelerator,
  bases: string,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const leftover = `booting-${basename(directory)}-`;
  for (const entry of await readdir(bases))
    if (entry.startsWith(leftover)) await rm(join(bases, entry), { recursive: true, force: true });
  const work = await mkdtemp(join(bases, leftover));
  await makePrivate(runtimeRoot());
  const runtime = await mkdtemp(join(runtimeRoot(), 'base-'));
  try {
    const disk = join(work, 'disk.qcow2');
    await createOverlay(disk, image.disk, 'raw');
    const spec: MachineSpec = {
      name: 'base',
      hardware,
      accelerator,
      files: {
        kernel: image.kernel,
        initrd: image.initrd,
        disk,
        console: join(work, 'console.log'),
        ...machineSockets(runtime, 'base'),
      },
      macs: {
        management: managementMac,
        nics: Array.from({ length: hardware.nics }, (_, index) => `52:54:00:00:01:0${String(index)}`),
      },
      nicSockets: [],
    };
    const qmp = await startMachine(spec, { outgoing: join(work, 'memory') });
    try {
      await booted(image, spec, signal);
      await qmp.command('stop');
      await saveState(qmp, 'base');
    } finally {
      await quitMachine(qmp, spec.files);
    }
    await rename(work, directory);
  } finally {
    await endMachine(machineSockets(runtime, 'base'));
    await rm(work, { recursive: true, force: true });
    await rm(runtime, { recursive: true, force: true });
  }
}

/** Waits for a quiet system, and warms what every provisioning uses, so that no clone has to read it again. */
async function booted(image: Image, spec: MachineSpec, signal: AbortSignal): Promise<void> {
  const machine = new SshMachine('base', async () => ({
    host: '127.0.0.1',
    port: await sshPort(spec.files.qmp, 'base'),
    user: 'root',
    privateKey: image.privateKey,
    hostKey: image.hostKey,
  }));
  try {
    await waitFor(
      'the base machine to answer SSH',
      async () => {
        await machine.exec('true', { timeoutMs: 20_000 });
        return { done: true, value: true };
      },
      { timeoutMs: 240_000, everyMs: 500, signal },
    );
    await machine.exec('systemctl is-system-running --wait', {
      timeoutMs: 120_000,
      allowFailure: true,
      signal,
    });
    await machine.exec(
      'systemctl --failed --no-legend --plain; for p in perl drbdadm drbdsetup mke2fs mount.nfs exportfs rpcbind; do command -v $p | xargs -r cat; done >/dev/null; perl -MTime::HiRes -MIO::Handle -e 1; sync',
      { allowFailure: true, signal },
    );
  } catch (error) {
    const seen = await readFile(spec.files.console, 'utf8').catch(() => '');
    throw new RigError(
      `the base machine did not boot: ${messageOf(error)}\nlast lines of ${basename(spec.files.console)}:\n${seen.trimEnd().split('\n').slice(-15).join('\n')}`,
      undefined,
      error,
    );
  } finally {
    machine.disconnect();
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
