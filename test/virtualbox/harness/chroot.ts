import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../../lab/host/folders.ts';
import { Unavailable } from './unavailable.ts';

const suite = 'sid';
const buildTimeoutMs = 15 * 60_000;

/** What the machines are made with, and where it is kept from run to run. */
export interface Chroot {
  /** A Debian with VirtualBox, whose VBoxHeadless is the launcher. Nothing is to be written to it. */
  root: string;
  /** 512 bytes that a machine boots. */
  bootSector: string;
}

/**
 * The chroot, from the cache or newly built: VirtualBox of Debian sid (contrib) without its kernel module. Takes a minute,
 * about 600 MB of disk, and packages from a Debian mirror.
 * @throws Unavailable when it cannot be built here or now
 */
export async function ensureChroot(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Chroot> {
  const sources = import.meta.dirname;
  const definition = await Promise.all(
    ['chroot.ts', 'launcher.c', 'boot-sector.s'].map((name) => readFile(join(sources, name))),
  );
  const key = createHash('sha256');
  for (const part of definition) key.update(part).update('\0');
  const cache = join(cacheFolder(env), 'test-virtualbox');
  const kept = join(cache, key.digest('hex').slice(0, 16));
  const chroot = { root: join(kept, 'root'), bootSector: join(kept, 'boot-sector') };
  if (existsSync(kept)) return chroot;

  await mkdir(cache, { recursive: true });
  say(`building a chroot with VirtualBox from Debian ${suite}, once (${kept})`);
  const work = await mkdtemp(join(cache, 'building-'));
  try {
    await build(work, sources);
    const finished = join(work, 'finished');
    await mkdir(finished);
    for (const each of Object.values(chroot))
      await rename(join(work, basename(each)), join(finished, basename(each)));
    await rename(finished, kept);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return chroot;
}

async function build(work: string, sources: string): Promise<void> {
  await program('gcc', ['-O1', '-Wall', '-o', join(work, 'launcher'), join(sources, 'launcher.c'), '-ldl']);
  await program('as', ['-o', join(work, 'boot.o'), join(sources, 'boot-sector.s')]);
  await program('objcopy', ['-O', 'binary', '-j', '.text', join(work, 'boot.o'), join(work, 'boot-sector')]);
  await emptyPackage(work, 'virtualbox-modules');

  const inside = (...words: string[]): string => `--customize-hook=chroot "$1" ${words.join(' ')}`;
  const options = [
    ...['--mode=root', '--variant=apt', '--components=main,contrib', '--format=directory'],
    ...(await validUntilOption()),
    '--aptopt=APT::Install-Recommends "false"',
    ...['doc', 'info', 'locale', 'man'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
    // Nothing is to be started while packages are set up.
    '--customize-hook=printf "#!/bin/sh\\nexit 101\\n" > "$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"',
    `--customize-hook=copy-in ${join(work, 'virtualbox-modules.deb')} /root`,
    inside('apt-get', 'install', '-y', '/root/virtualbox-modules.deb', 'virtualbox'),
    `--customize-hook=copy-in ${join(work, 'launcher')} /root`,
    inside('install', '-m', '755', '/root/launcher', '/usr/lib/virtualbox/VBoxHeadless'),
    inside(
      'rm',
      '-rf',
      '/var/cache/apt',
      '/var/lib/apt/lists',
      '/root/launcher',
      '/root/virtualbox-modules.deb',
    ),
  ];
  const built = await execa('unshare', ['--mount', 'mmdebstrap', ...options, suite, join(work, 'root')], {
    reject: false,
    all: true,
    timeout: buildTimeoutMs,
    forceKillAfterDelay: 20_000,
    stdin: 'ignore',
  });
  if (built.exitCode !== 0)
    throw new Unavailable(
      `mmdebstrap could not build the chroot: ${built.all.trim().split('\n').slice(-8).join('\n') || built.shortMessage || ''}`,
    );
}

/** VirtualBox asks for a package with its kernel module; the test is about a VirtualBox without. */
async function emptyPackage(work: string, name: string): Promise<void> {
  const folder = join(work, name);
  await mkdir(join(folder, 'DEBIAN'), { recursive: true });
  await writeFile(
    join(folder, 'DEBIAN', 'control'),
    [
      `Package: ${name}`,
      'Version: 9999',
      'Architecture: all',
      'Maintainer: nobody <nobody@localhost>',
      'Description: empty, in place of the kernel module',
      '',
    ].join('\n'),
  );
  await program('dpkg-deb', ['--build', folder, join(work, `${name}.deb`)]);
}

/** Whether the age of package lists is checked is the host's decision, which mmdebstrap does not take over by itself. */
async function validUntilOption(): Promise<string[]> {
  const { stdout } = await execa('apt-config', ['dump', 'Acquire::Check-Valid-Until'], { reject: false });
  return /"(?:false|0|no|off)"/.test(stdout) ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : [];
}

async function program(name: string, args: string[]): Promise<void> {
  const result = await execa(name, args, { reject: false, timeout: 60_000, stdin: 'ignore' });
  if (result.exitCode !== 0)
    throw new Unavailable(`${name}: ${result.stderr || result.shortMessage || 'failed'}`);
}
