import { boxUser, rootLabel } from '../../qemu/image-content.ts';
import { kernelArguments } from '../../qemu/arguments.ts';
import { insecureKeys } from './insecure-keys.ts';

/** What a box has otherwise than the image it is made of. Paths are absolute; who owns what is a user and group id. */
export interface BoxChanges {
  /** Files of the image that must not be in a box. */
  removed: readonly string[];
  folders: readonly { path: string; mode: number; owner: number }[];
  /** New files, or new contents of the image's. */
  files: readonly { path: string; mode: number; owner: number; content: string; replaces: boolean }[];
  links: readonly { path: string; target: string }[];
}

const root = 0;
const hostKey = '/etc/ssh/ssh_host_ed25519_key';
const hostKeyUnit = 'lab-host-key.service';
const units = '/etc/systemd/system';

/**
 * A box boots by itself and lets Vagrant in: a boot loader's menu, a root found by its label on any controller, eth0 by DHCP,
 * Vagrant's user with its well-known keys and sudo. The keys of the image go; a machine makes its host key at its first boot.
 * @param hostName of machines that Vagrant gave none yet
 */
export function boxChanges(hostName: string): BoxChanges {
  const home = `/home/${boxUser.name}`;
  const replaced = (path: string, content: string) => ({
    path,
    mode: 0o644,
    owner: root,
    content,
    replaces: true,
  });
  const added = (path: string, content: string) => ({
    path,
    mode: 0o644,
    owner: root,
    content,
    replaces: false,
  });
  return {
    removed: [hostKey, '/root/.ssh/authorized_keys'],
    folders: [
      { path: `${home}/.ssh`, mode: 0o700, owner: boxUser.id },
      { path: `${units}/ssh.service.wants`, mode: 0o755, owner: root },
    ],
    files: [
      replaced('/etc/fstab', `LABEL=${rootLabel} / ext4 defaults,noatime 0 0\n`),
      replaced('/etc/hostname', `${hostName}\n`),
      replaced('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hostName}\n`),
      replaced(
        '/etc/network/interfaces',
        'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
      ),
      added('/boot/grub/grub.cfg', grubMenu()),
      added(`${units}/${hostKeyUnit}`, hostKeyService),
      {
        ...added(`${home}/.ssh/authorized_keys`, `${insecureKeys.join('\n')}\n`),
        mode: 0o600,
        owner: boxUser.id,
      },
      {
        ...added(`/etc/sudoers.d/${boxUser.name}`, `${boxUser.name} ALL=(ALL) NOPASSWD: ALL\n`),
        mode: 0o440,
      },
    ],
    links: [{ path: `${units}/ssh.service.wants/${hostKeyUnit}`, target: `../${hostKeyUnit}` }],
  };
}

/**
 * No menu: one system, started at once. The last console is the one that programs write to; a machine without a serial port
 * falls back to the first, where it would otherwise have none and its init could not start.
 */
function grubMenu(): string {
  const words = [`root=LABEL=${rootLabel}`, 'console=tty0', ...kernelArguments];
  return `linux /vmlinuz ${words.join(' ')}\ninitrd /initrd.img\nboot\n`;
}

/** A power cut soon after the first boot may leave an empty file, so emptiness is asked, and the key is written out at once. */
const hostKeyService = `[Unit]
Description=Host key of this machine
Before=ssh.service
ConditionFileNotEmpty=!${hostKey}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=/bin/rm -f ${hostKey} ${hostKey}.pub
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -C "" -f ${hostKey}
ExecStartPost=/bin/sync
`;
