import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { InterruptedError } from '../../../errors.ts';
import { diesWithParent } from '../../../host/dies-with-parent.ts';
import type { Progress } from '../../../progress.ts';
import { bootCode } from '../../qemu/image-content.ts';
import { changeFileSystem, extractFile } from './change-filesystem.ts';
import { boxChanges } from './changes.ts';
import { boxFormat } from './formats.ts';
import type { BoxProvider } from './formats.ts';
import { beforeFirstPartition, firstSector, sectorBytes } from './partition.ts';
import { failure, run } from './program.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;
const partition = 'partition.raw';
const disk = 'disk.raw';

export interface Packing {
  /** File system of the image: ext4 without a partition table. Only read. */
  image: string;
  provider: BoxProvider;
  /** Name of the machine until it gets one. */
  hostName: string;
  /** An empty folder for everything that is made on the way, on the same disk as the box. */
  work: string;
  /** The box. */
  target: string;
}

/**
 * Makes a `.box` of an image: a disk that boots by itself, compressed, with what its provider wants to know.
 * @returns SHA-256 of the box, as 64 hex digits
 * @throws HostError, InterruptedError
 */
export async function packBox(packing: Packing, progress: Progress, signal: AbortSignal): Promise<string> {
  const { work, provider, hostName, target } = packing;
  const diskBytes = await progress.step('make a disk that boots by itself', () => makeDisk(packing, signal));
  const format = boxFormat(provider, hostName, diskBytes);
  await progress.step(`compress the disk as ${format.disk}`, () =>
    run(['qemu-img', 'convert', '-f', 'raw', ...format.conversion, disk, format.disk], { cwd: work, signal }),
  );
  await rm(join(work, disk));
  for (const [name, text] of Object.entries(format.texts)) await writeFile(join(work, name), text);
  return await progress.step('pack the box', () =>
    archive(work, [...Object.keys(format.texts), format.disk], target, signal),
  );
}

/** @returns its size in bytes, whole GiB: vagrant-libvirt counts in these and would cut off the rest */
async function makeDisk({ image, hostName, work }: Packing, signal: AbortSignal): Promise<number> {
  await run(['cp', '--sparse=always', '--reflink=auto', '--', image, partition], { cwd: work, signal });
  await changeFileSystem(work, partition, boxChanges(hostName), signal);
  await extractFile(work, partition, bootCode.sector, 'boot.img', signal);
  await extractFile(work, partition, bootCode.core, 'core.img', signal);
  const [bootSector, core] = await Promise.all(
    ['boot.img', 'core.img'].map((name) => readFile(join(work, name))),
  );
  const { size: partitionBytes } = await stat(join(work, partition));
  const diskBytes = Math.ceil((partitionBytes + firstSector * sectorBytes) / gib) * gib;
  const start = beforeFirstPartition(bootSector ?? Buffer.alloc(0), core ?? Buffer.alloc(0), partitionBytes);
  const handle = await open(join(work, disk), 'w');
  try {
    await handle.truncate(diskBytes);
    await handle.write(start, 0, start.length, 0);
  } finally {
    await handle.close();
  }
  const seek = `seek=${String((firstSector * sectorBytes) / mib)}`;
  await run(['dd', `if=${partition}`, `of=${disk}`, 'bs=1M', seek, 'conv=sparse,notrunc', 'status=none'], {
    cwd: work,
    signal,
  });
  await rm(join(work, partition));
  return diskBytes;
}

/** A tar archive in gzip's frame, stored as it is: its disk is compressed already. */
async function archive(
  folder: string,
  names: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=0644'];
  const command = ['tar', '--create', ...owner, '--file=-', '--', ...names] as const;
  const [program = 'tar', ...args] = [...diesWithParent('TERM'), ...command];
  const tar = execa(program, args, {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false },
    cancelSignal: signal,
  });
  const sha256 = createHash('sha256');
  try {
    await pipeline(tar.stdout, createGzip({ level: 0 }), through(sha256), createWriteStream(target), {
      signal,
    });
  } catch (error) {
    tar.kill('SIGKILL');
    await tar;
    if (signal.aborted) throw new InterruptedError();
    throw error;
  }
  const result = await tar;
  if (result.isCanceled) throw new InterruptedError();
  if (result.exitCode !== 0) throw failure(command, result);
  return sha256.digest('hex');
}

function through(hash: Hash): (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer> {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
}
