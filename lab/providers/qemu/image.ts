import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { HostError, InterruptedError, RigError, messageOf } from '../../errors.ts';
import { diesWithParent } from '../../host/dies-with-parent.ts';
import { generateKeyPair } from '../../machines/ssh.ts';
import type { Platform } from '../../platform.ts';
import type { Progress } from '../../progress.ts';
import { shellQuote } from '../../quote.ts';
import { holdLock } from '../../lock.ts';
import { guestFiles, guestSetup, rootLabel } from './image-content.ts';
import { cacheDirectory, makePrivate } from './paths.ts';

/** Raise when the way an image is made changes in a manner that the definition does not show. */
const builderVersion = 2;
const diskMib = 3072;

export interface Image {
  /** Content hash of the definition, and the build. */
  id: string;
  directory: string;
  disk: string;
  kernel: string;
  initrd: string;
  /** Private key that the image accepts until a clone gets the key of its lab. */
  privateKey: string;
  /** Host key of the image, as in a .pub file. */
  hostKey: string;
}

const ImageJson = z.strictObject({ privateKey: z.string(), hostKey: z.string() });

/** Content hash of what an image is made of. */
export function imageId(platform: Platform): string {
  const definition = {
    builderVersion,
    diskMib,
    image: platform.image,
    files: guestFiles('', ''),
    setup: guestSetup,
  };
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16);
}

/**
 * The image of a platform, built when the cache does not hold it. It is built in a folder of its own and moved into place at
 * the end, so a half-built one is never used; two builders wait for each other.
 */
export async function ensureImage(
  platform: Platform,
  progress: Progress,
  signal: AbortSignal,
): Promise<Image> {
  const id = imageId(platform);
  const images = join(cacheDirectory(), 'images');
  await makePrivate(images);
  const held = await openImage(images, id);
  if (held !== undefined) return held;
  return await progress.step(`build the ${platform.title} image`, async (inner) => {
    const lock = await holdLock(join(images, `${id}.lock`), `building the ${platform.title} image`, {
      waitMs: 20 * 60_000,
      signal,
    });
    try {
      const ready = await openImage(images, id);
      if (ready !== undefined) return ready;
      await removeLeftovers(images, id);
      await build(platform, images, id, inner, signal);
      const built = await openImage(images, id);
      if (built === undefined) throw new RigError(`the image ${id} is not there after its build`);
      return built;
    } finally {
      await lock.release();
    }
  });
}

/**
 * The newest build of a definition. Each build has a folder of its own: a machine that was frozen on top of an older build
 * must not find another one in its place.
 * @returns undefined when there is none, or it is not whole
 */
async function openImage(images: string, id: string): Promise<Image | undefined> {
  const builds = (await readdir(images)).filter((entry) => entry.startsWith(`${id}-`)).sort();
  const newest = builds.at(-1);
  if (newest === undefined) return undefined;
  const directory = join(images, newest);
  const files = {
    disk: join(directory, 'disk.raw'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd'),
  };
  try {
    const keys = ImageJson.parse(JSON.parse(await readFile(join(directory, 'image.json'), 'utf8')));
    for (const file of Object.values(files)) await access(file);
    return { id: newest, directory, ...files, ...keys };
  } catch {
    return undefined;
  }
}

/** What a builder of this image left that was killed; its lock is ours now. */
async function removeLeftovers(images: string, id: string): Promise<void> {
  for (const entry of await readdir(images))
    if (entry.startsWith(`building-${id}-`)) await rm(join(images, entry), { recursive: true, force: true });
}

async function build(
  platform: Platform,
  images: string,
  id: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { image } = platform;
  if (image === undefined)
    throw new HostError(
      `${platform.title} has no image of its own`,
      'use the current edition, or a Vagrant provider with a box of yours',
    );
  const work = await mkdtemp(join(images, `building-${id}-`));
  try {
    const key = generateKeyPair('lab image');
    const host = generateKeyPair('lab image host');
    const overlay = join(work, 'overlay');
    for (const file of guestFiles(key.publicKey, host.privateKey)) {
      const target = join(overlay, file.path);
      await mkdir(join(target, '..'), { recursive: true });
      await writeFile(target, file.content, { mode: file.mode });
    }
    const setup = join(work, 'setup.sh');
    await writeFile(setup, guestSetup, { mode: 0o755 });
    const modules = join(work, 'modules');
    await writeFile(modules, `${image.initrdModules.join('\n')}\n`);
    const out = join(work, 'out');
    const tree = join(work, 'tree');
    await mkdir(out);
    await mkdir(tree);
    const q = shellQuote;
    const args = [
      '--variant=minbase',
      '--aptopt=APT::Install-Recommends "false"',
      ...(await hostAptOptions()),
      `--include=${image.packages.join(',')}`,
      `--setup-hook=mkdir -p "$1/etc/initramfs-tools/conf.d" && printf 'MODULES=list\\nCOMPRESS=gzip\\n' > "$1/etc/initramfs-tools/conf.d/lab" && cp ${q(modules)} "$1/etc/initramfs-tools/modules"`,
      `--customize-hook=cp -r --preserve=mode ${q(overlay)}/. "$1/" && cp ${q(setup)} "$1/setup.sh" && chroot "$1" /bin/sh /setup.sh && rm "$1/setup.sh"`,
      `--customize-hook=cp "$1"/boot/vmlinuz-* ${q(join(out, 'vmlinuz'))} && cp "$1"/boot/initrd.img-* ${q(join(out, 'initrd'))}`,
      // A bind mount shows the tree without /proc, /sys and /dev, which are mounted in it now. GRUB 2.06 may refuse a file
      // system with a checksum seed of its own, which newer releases of mke2fs make.
      `--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin && mount --bind "$1" ${q(tree)} && mke2fs -q -t ext4 -L ${rootLabel} -O ^metadata_csum_seed -E nodiscard -d ${q(tree)} ${q(join(out, 'disk.raw'))} ${String(diskMib)}M && umount ${q(tree)}`,
      '--format=null',
      image.suite,
      '/dev/null',
    ];
    await runBuilder(args, join(work, 'build.log'), progress, signal);
    await writeFile(
      join(out, 'image.json'),
      JSON.stringify({ privateKey: key.privateKey, hostKey: host.publicKey } satisfies z.infer<
        typeof ImageJson
      >),
      { mode: 0o600 },
    );
    await rename(join(work, 'build.log'), join(out, 'build.log'));
    await rm(join(images, id), { recursive: true, force: true });
    await rename(out, join(images, `${id}-${Date.now().toString(36)}${randomBytes(3).toString('hex')}`));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * mmdebstrap starts from clean apt settings, but whether this host checks the age of package lists is the host's decision
 * (an archive that stands still needs it off). Signatures are checked in any case.
 */
async function hostAptOptions(): Promise<string[]> {
  const { stdout } = await execa('apt-config', ['dump', 'Acquire::Check-Valid-Until'], { reject: false });
  return /"(false|0|no|off)"/.test(stdout) ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : [];
}

async function runBuilder(
  args: string[],
  log: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user', '--map-auto'];
  const command = ['unshare', ...asRoot, '--mount', 'mmdebstrap', '--mode=root'];
  const [program = 'mmdebstrap', ...rest] = [...diesWithParent('TERM'), ...command, ...args];
  const builder = execa(program, rest, {
    reject: false,
    timeout: 30 * 60_000,
    cancelSignal: signal,
    forceKillAfterDelay: 20_000,
    all: true,
    stdin: 'ignore',
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    maxBuffer: 50_000_000,
  });
  builder.all.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) if (line.startsWith('I: ')) progress.note(line.slice(3));
  });
  const result = await builder;
  await writeFile(log, result.all).catch((error: unknown) => {
    progress.note(`the build log could not be kept: ${messageOf(error)}`);
  });
  if (result.isCanceled) throw new InterruptedError();
  if (result.code === 'ENOENT') throw new HostError('mmdebstrap is not installed', 'lab doctor --fix');
  if (result.exitCode !== 0) {
    const tail = result.all.trim().split('\n').slice(-15).join('\n');
    throw new HostError(
      `mmdebstrap could not build the image (${result.timedOut ? 'no end after 30 minutes' : `status ${String(result.exitCode)}`}):\n${tail}`,
      'can this host reach its package archive (apt-get update), and is there space in the cache folder?',
    );
  }
}
