import { spawn } from 'node:child_process';
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { hostNowMs } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import { diesWithParent } from '../../host/dies-with-parent.ts';
import type { Accelerator } from './arguments.ts';
import { cacheDirectory, makePrivate } from './paths.ts';
import { qemuVersion } from './process.ts';

export interface ProvenAccelerator extends Accelerator {
  /** What was tried and seen, as a sentence. */
  why: string;
}

const Kept = z.strictObject({
  host: z.string(),
  name: z.enum(['kvm', 'tcg']),
  threads: z.enum(['multi', 'single']),
  why: z.string(),
});

const bootLimitMs = 15_000;
/** Emulation always boots in the end; on a busy host it takes its time, and the answer is kept for good. */
const emulatedBootLimitMs = 60_000;

/**
 * Which accelerator really boots this kernel here. /dev/kvm may open and a stock kernel still never start under it, so the
 * kernel is booted without a root for at most 15 s under KVM: a panic for want of one is the success that counts. The answer is kept
 * per host, kernel and QEMU.
 */
export async function proveAccelerator(kernel: string): Promise<ProvenAccelerator> {
  const processor = cpus()[0]?.model ?? '';
  const host = [release(), processor, await qemuVersion(), kernel, String(await canOpenKvm())].join(' | ');
  const file = join(cacheDirectory(), 'accelerator.json');
  const kept = await keptAnswer(file);
  if (kept?.host === host) return { name: kept.name, threads: kept.threads, why: kept.why };
  const proven = await prove(kernel);
  await makePrivate(cacheDirectory());
  await writeFile(file, JSON.stringify({ host, ...proven }));
  return proven;
}

async function keptAnswer(file: string): Promise<z.infer<typeof Kept> | undefined> {
  try {
    return Kept.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function canOpenKvm(): Promise<boolean> {
  return await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function prove(kernel: string): Promise<ProvenAccelerator> {
  let whyNotKvm = '/dev/kvm cannot be opened';
  if (await canOpenKvm()) {
    const kvm = await bootsTo(kernel, 'kvm', 'host', bootLimitMs);
    if (kvm.boots)
      return { name: 'kvm', threads: 'multi', why: `a kernel booted under KVM in ${kvm.seconds} s` };
    whyNotKvm = `/dev/kvm opens, but a kernel did not boot under it within ${String(bootLimitMs / 1000)} s (${kvm.seen})`;
  }
  const multi = await bootsTo(kernel, 'tcg,thread=multi', 'qemu64', emulatedBootLimitMs);
  if (multi.boots)
    return {
      name: 'tcg',
      threads: 'multi',
      why: `${whyNotKvm}; software emulation booted in ${multi.seconds} s`,
    };
  return {
    name: 'tcg',
    threads: 'single',
    why: `${whyNotKvm}; multi-threaded emulation failed (${multi.seen})`,
  };
}

async function bootsTo(
  kernel: string,
  accel: string,
  cpu: string,
  limitMs: number,
): Promise<{ boots: boolean; seconds: string; seen: string }> {
  const started = hostNowMs();
  const words = [...diesWithParent('KILL'), 'qemu-system-x86_64'];
  const child = spawn(
    words[0] ?? '',
    [
      ...words.slice(1),
      ...['-machine', 'pc', '-accel', accel, '-cpu', cpu, '-m', '256', '-nodefaults', '-no-user-config'],
      ...['-display', 'none', '-no-reboot', '-serial', 'stdio'],
      ...['-kernel', kernel, '-append', 'console=ttyS0 panic=-1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  return await new Promise((resolve) => {
    const finish = (boots: boolean): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      const seconds = ((hostNowMs() - started) / 1000).toFixed(1);
      const last = output.trim().split('\n').at(-1)?.slice(0, 120) ?? '';
      resolve({ boots, seconds, seen: last === '' ? 'no output' : last });
    };
    const timer = setTimeout(finish, limitMs, false);
    const read = (chunk: Buffer): void => {
      output += chunk.toString('latin1');
      if (output.includes('Kernel panic') || output.includes('Unable to mount root')) finish(true);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => {
      output += messageOf(error);
      finish(false);
    });
    child.on('exit', () => {
      finish(output.includes('Kernel panic'));
    });
  });
}
