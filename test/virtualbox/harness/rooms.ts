import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellQuote } from '../../../lab/quote.ts';
import type { Chroot } from './chroot.ts';

/** Folders of a run. All are gone with it. */
export interface Rooms {
  /** The same path inside and outside of the chroot; under /tmp, which is the chroot's only writable place. */
  folder: string;
  /** Holds VBoxManage and VBoxHeadless, as VirtualBox installs them. */
  bin: string;
  /** Holds VBoxManage as Debian puts it into PATH, with its warning of the missing kernel module. */
  debianBin: string;
}

/**
 * Prepares the chroot and the programs that lead into it. To be called inside of network, mount and process namespaces of
 * the test's own: nothing is undone.
 */
export function furnish({ root }: Chroot, folder: string): Rooms {
  const rooms = { folder, bin: join(folder, 'bin'), debianBin: join(folder, 'debian-bin') };
  const run = (program: string, ...args: string[]): void => {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('ip', 'link', 'set', 'lo', 'up');
  run('mount', '--bind', root, root);
  run('mount', '-t', 'proc', 'proc', join(root, 'proc'));
  // Devices by name, so that a VirtualBox of this host, with its module, is never found.
  run('mount', '-t', 'tmpfs', 'tmpfs', join(root, 'dev'));
  for (const device of ['null', 'zero', 'full', 'random', 'urandom', 'tty']) {
    writeFileSync(join(root, 'dev', device), '');
    run('mount', '--bind', join('/dev', device), join(root, 'dev', device));
  }
  mkdirSync(join(root, 'dev', 'shm'));
  run('mount', '-t', 'tmpfs', 'tmpfs', join(root, 'dev', 'shm'));
  run('mount', '-t', 'tmpfs', 'tmpfs', join(root, 'tmp'));
  run('mount', '-o', 'remount,bind,ro', root);
  mkdirSync(join(root, folder), { recursive: true });
  run('mount', '--bind', folder, join(root, folder));

  for (const each of [rooms.bin, rooms.debianBin, join(folder, 'home')]) mkdirSync(each, { recursive: true });
  const into = (program: string): string =>
    [
      'exec chroot',
      shellQuote(root),
      `env -i PATH=/usr/bin:/bin LC_ALL="\${LC_ALL-C.UTF-8}" VBOX_USER_HOME=${shellQuote(join(folder, 'home'))}`,
      `${program} "$@"\n`,
    ].join(' ');
  const script = (file: string, text: string): void => {
    writeFileSync(file, `#!/bin/sh\n${text}`, { mode: 0o755 });
  };
  // Vagrant 2.3 refuses VirtualBox 7.2 by its version alone; a test of Vagrant sets what it is to be told.
  const told =
    '[ "$1" = --version ] && [ -n "$LAB_TEST_VIRTUALBOX_VERSION" ] && { echo "$LAB_TEST_VIRTUALBOX_VERSION"; exit; }\n';
  script(join(rooms.bin, 'VBoxManage'), `${told}${into('/usr/lib/virtualbox/VBoxManage')}`);
  script(join(rooms.bin, 'VBoxHeadless'), into('/usr/lib/virtualbox/VBoxHeadless'));
  script(join(rooms.debianBin, 'VBoxManage'), into('/usr/bin/VBoxManage'));
  return rooms;
}
