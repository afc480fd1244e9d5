import { constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { dirname } from 'node:path';
import { HostError } from '../errors.ts';

/** The built system is a tree of 0.9 GB and a disk of about the same, and both exist at once while it is built. */
export const imageSpaceMib = 3072;
/** Overlays and one frozen state of four machines. */
export const labSpaceMib = 1536;

export interface Capacity {
  /** Memory that can be had without swapping. */
  memoryMib: number;
  cores: number;
  /** Space that this user can fill, where images and where labs are kept. */
  cacheMib: number;
  labsMib: number;
}

export function capacityOf(folders: { cache: string; labs: string }): Capacity {
  return {
    memoryMib: availableMemoryMib(),
    cores: availableParallelism(),
    cacheMib: freeSpaceMib(folders.cache),
    labsMib: freeSpaceMib(folders.labs),
  };
}

/** What QEMU itself takes for a machine, beside the guest's memory. */
const overheadMib = 64;

/**
 * Memory the machines can come to take: a guest fills what it is given with its page cache.
 * @param nodesMib what each node is given
 */
export function neededMemoryMib(nodesMib: readonly number[]): number {
  return nodesMib.reduce((sum, mib) => sum + mib + overheadMib, 0);
}

/** @throws HostError with the figures when a lab of this size does not fit */
export function ensureCapacity(
  capacity: Capacity,
  needed: { memoryMib: number; imageIsBuilt: boolean },
  folders: { cache: string; labs: string },
): void {
  if (capacity.memoryMib < needed.memoryMib)
    throw new HostError(
      `not enough memory: the lab needs about ${String(needed.memoryMib)} MiB, ${String(capacity.memoryMib)} MiB are free`,
      'end other programs, or take other labs down: lab status, lab down --all',
    );
  if (!needed.imageIsBuilt && capacity.cacheMib < imageSpaceMib)
    throw noSpace(folders.cache, 'the system image', imageSpaceMib, capacity.cacheMib, 'XDG_CACHE_HOME');
  if (capacity.labsMib < labSpaceMib)
    throw noSpace(folders.labs, 'a lab', labSpaceMib, capacity.labsMib, 'the working folder');
}

function noSpace(
  folder: string,
  what: string,
  neededMib: number,
  freeMib: number,
  movedBy: string,
): HostError {
  return new HostError(
    `not enough disk space in ${folder}: ${what} needs ${String(neededMib)} MiB, ${String(freeMib)} MiB are free`,
    `make room there (lab down --all --purge removes labs with their frozen states), or choose another disk through ${movedBy}`,
  );
}

/** MemAvailable of proc(5); elsewhere what the system calls free. */
export function availableMemoryMib(): number {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    if (kib !== undefined) return Math.floor(Number(kib) / 1024);
  } catch {
    // No /proc on macOS.
  }
  return Math.floor(freemem() / 2 ** 20);
}

/** Of the file system that would hold the folder, which need not exist yet. */
function freeSpaceMib(folder: string): number {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return Math.floor((bavail * bsize) / 2 ** 20);
}

export type KvmDevice = 'usable' | 'no permission' | 'absent';

/** Whether /dev/kvm can be opened. That a kernel boots under it is another question. */
export async function kvmDevice(): Promise<KvmDevice> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return 'usable';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'no permission' : 'absent';
  }
}
