import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HostError, RigError } from '../../../errors.ts';
import { capacityOf, imageSpaceMib } from '../../../host/capacity.ts';
import { imageIsBuilt } from '../../../host/findings.ts';
import { missingRequirements, thisHost } from '../../../host/programs.ts';
import { boxRequirements, mendCommand, packageManagerOf } from '../../../host/requirements.ts';
import { holdLock } from '../../../lock.ts';
import type { Platform } from '../../../platform.ts';
import type { Progress } from '../../../progress.ts';
import { ensureImage } from '../../qemu/image.ts';
import type { Image } from '../../qemu/image.ts';
import { cacheDirectory, makePrivate } from '../../qemu/paths.ts';
import { boxChanges } from './changes.ts';
import { boxFormat } from './formats.ts';
import type { BoxProvider } from './formats.ts';
import { packBox } from './pack.ts';

/** Raise when the way a box is packed changes in a manner that neither its changes nor its format show. */
const packerVersion = 1;

/** Two copies of the image's file system and two of the compressed disk, not all at once. */
const boxSpaceMib = 2560;

/** A box that is packed. */
export interface PackedBox {
  file: string;
  /** What Vagrant shall call it: told apart by content, the same for both providers. */
  name: string;
  /** Of the file, 64 hex digits. */
  sha256: string;
  bytes: number;
}

const BoxJson = z.strictObject({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
});

/**
 * The box of a platform for a provider, packed from the cached image when the cache does not hold it. The image is built
 * first where there is none.
 * @throws HostError when a program or space is missing; InterruptedError, with nothing half-made left
 */
export async function ensureBox(
  platform: Platform,
  provider: BoxProvider,
  progress: Progress,
  signal: AbortSignal,
): Promise<PackedBox> {
  refuseMissingPrograms();
  const cache = cacheDirectory();
  refuseLackOfSpace(cache, imageIsBuilt(cache) ? 0 : imageSpaceMib);
  const image = await ensureImage(platform, progress, signal);
  return await boxOfImage(image, platform, provider, join(cache, 'boxes'), progress, signal);
}

/** Content of a box but for the machine's own bytes: what the image is, what is changed in it, how it is packed. */
export function boxName(image: Pick<Image, 'id'>, platform: Pick<Platform, 'name'>): string {
  const definition = [packerVersion, image.id, boxChanges(platform.name)];
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return `lab/${platform.name}-${hash.slice(0, 8)}`;
}

/**
 * The box of an image. It is packed in a folder of its own and moved into place at the end, so a half-made one is never used;
 * two packers wait for each other.
 * @param boxes folder of all boxes
 */
export async function boxOfImage(
  image: Pick<Image, 'id' | 'disk'>,
  platform: Pick<Platform, 'name' | 'title'>,
  provider: BoxProvider,
  boxes: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<PackedBox> {
  const name = boxName(image, platform);
  const id = `${name.replace('lab/', '')}-${provider}-${formatHash(provider, platform.name)}`;
  await makePrivate(boxes);
  const held = await openBox(boxes, id, provider);
  if (held !== undefined) return held;
  return await progress.step(`pack the ${platform.title} box for ${provider}`, async (inner) => {
    const lock = await holdLock(join(boxes, `${id}.lock`), `packing the box ${name} for ${provider}`, {
      waitMs: 20 * 60_000,
      signal,
    });
    try {
      const ready = await openBox(boxes, id, provider);
      if (ready !== undefined) return ready;
      await removeLeftovers(boxes, id);
      refuseLackOfSpace(boxes, 0);
      await pack({ image, platform, provider, name, boxes, id }, inner, signal);
      const packed = await openBox(boxes, id, provider);
      if (packed === undefined) throw new RigError(`the box ${name} is not there after it was packed`);
      return packed;
    } finally {
      await lock.release();
    }
  });
}

interface Wanted {
  image: Pick<Image, 'disk'>;
  platform: Pick<Platform, 'name'>;
  provider: BoxProvider;
  name: string;
  boxes: string;
  id: string;
}

async function pack(wanted: Wanted, progress: Progress, signal: AbortSignal): Promise<void> {
  const { image, platform, provider, name, boxes, id } = wanted;
  const work = await mkdtemp(join(boxes, `packing-${id}-`));
  try {
    const out = join(work, 'out');
    await mkdir(out);
    const target = join(out, fileOf(provider));
    const sha256 = await packBox(
      { image: image.disk, provider, hostName: platform.name, work, target },
      progress,
      signal,
    );
    const { size: bytes } = await stat(target);
    await writeFile(
      join(out, 'box.json'),
      JSON.stringify({ name, sha256, bytes } satisfies z.infer<typeof BoxJson>),
    );
    await rm(join(boxes, id), { recursive: true, force: true });
    await rename(out, join(boxes, id));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
      throw noSpace(work, boxSpaceMib, undefined, error);
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @returns undefined when there is none, or it is not whole */
async function openBox(boxes: string, id: string, provider: BoxProvider): Promise<PackedBox | undefined> {
  const file = join(boxes, id, fileOf(provider));
  try {
    const box = BoxJson.parse(JSON.parse(await readFile(join(boxes, id, 'box.json'), 'utf8')));
    return (await stat(file)).size === box.bytes ? { file, ...box } : undefined;
  } catch {
    return undefined;
  }
}

function fileOf(provider: BoxProvider): string {
  return `${provider}.box`;
}

/** So that another disk layout or descriptor is another file, under the same name: the guest is the same. */
function formatHash(provider: BoxProvider, hostName: string): string {
  const definition = boxFormat(provider, hostName, 2 ** 30);
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 8);
}

/** What a packer of this box left that was killed; its lock is ours now. */
async function removeLeftovers(boxes: string, id: string): Promise<void> {
  for (const entry of await readdir(boxes))
    if (entry.startsWith(`packing-${id}-`)) await rm(join(boxes, entry), { recursive: true, force: true });
}

function refuseMissingPrograms(): void {
  const host = thisHost(process.env);
  const missing = missingRequirements(host, boxRequirements);
  if (missing.length === 0) return;
  throw new HostError(
    `this host lacks ${missing.map((each) => `${each.name} (${each.why})`).join('; ')}`,
    mendCommand(missing, packageManagerOf(host.osRelease, host.platform), { root: host.root }),
  );
}

function refuseLackOfSpace(folder: string, moreMib: number): void {
  const free = capacityOf({ cache: folder, labs: folder }).cacheMib;
  const needed = boxSpaceMib + moreMib;
  if (free < needed) throw noSpace(folder, needed, free);
}

function noSpace(folder: string, neededMib: number, freeMib?: number, cause?: unknown): HostError {
  return new HostError(
    `not enough disk space in ${folder}: packing a box needs ${String(neededMib)} MiB, ` +
      (freeMib === undefined ? 'and the disk is full' : `${String(freeMib)} MiB are free`),
    'make room there, or set XDG_CACHE_HOME to a larger disk',
    cause,
  );
}
