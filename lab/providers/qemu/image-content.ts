/** Volume label of the image's file system (16 bytes at most), by which a box finds its root on any controller. */
export const rootLabel = 'lab-root';

/** Home of the user that a box lets in; in the image it has no key and no password. */
export const boxUser = { name: 'vagrant', id: 1000 } as const;

/** What a BIOS needs to boot the image once it lies in the first partition of a disk. */
export const bootCode = { sector: '/boot/grub/boot.img', core: '/boot/grub/core.img' } as const;

/** A file baked into the image. */
export interface GuestFile {
  path: string;
  mode: number;
  content: string;
}

/**
 * What the image holds beyond its packages. A clone replaces the two keys by its own as its first act.
 * @param authorizedKey public key that may log in as root
 * @param hostKey private host key of sshd
 */
export function guestFiles(authorizedKey: string, hostKey: string): GuestFile[] {
  return [
    { path: 'etc/fstab', mode: 0o644, content: '/dev/vda / ext4 defaults,noatime 0 0\n' },
    { path: 'etc/hostname', mode: 0o644, content: 'base\n' },
    { path: 'etc/hosts', mode: 0o644, content: '127.0.0.1 localhost\n127.0.1.1 base\n' },
    { path: 'etc/network/interfaces', mode: 0o644, content: interfacesFile([]) },
    { path: 'root/.ssh/authorized_keys', mode: 0o600, content: `${authorizedKey}\n` },
    { path: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: hostKey },
    {
      path: 'etc/ssh/sshd_config.d/lab.conf',
      mode: 0o644,
      content: [
        'HostKey /etc/ssh/ssh_host_ed25519_key',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        'UsePAM no',
        'UseDNS no',
        'MaxSessions 100',
        'MaxStartups 100',
        '',
      ].join('\n'),
    },
    {
      path: 'etc/systemd/journald.conf.d/lab.conf',
      mode: 0o644,
      content: '[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\nRateLimitIntervalSec=0\n',
    },
    {
      path: 'etc/systemd/system.conf.d/lab.conf',
      mode: 0o644,
      content: '[Manager]\nDefaultTimeoutStopSec=20s\n',
    },
  ];
}

/** /etc/network/interfaces: eth0 belongs to the provider's user-mode network, the others to the lab. */
export function interfacesFile(nics: readonly { name: string; address?: string | undefined }[]): string {
  const stanza = (name: string, address: string): string =>
    `auto ${name}\niface ${name} inet static\n  address ${address}\n`;
  return [
    'auto lo\niface lo inet loopback\n',
    stanza('eth0', '10.0.2.15/24'),
    ...nics.flatMap((nic) => (nic.address === undefined ? [] : [stanza(nic.name, nic.address)])),
  ].join('\n');
}

/**
 * Runs once inside the new tree. Cluster services are off until a plan turns them on; timers and getties that only cost
 * processor time in a machine that lives for minutes are masked. Root has no password ('*'); a locked account ('!') would refuse
 * keys as well, since sshd runs without PAM. The same holds for the user of boxes, who gets a key only in a box. GRUB's core
 * is made here, by the guest's own GRUB, so that packing a box needs none on the host; `(,msdos1)` is the first partition of
 * the disk that it was started from.
 */
export const guestSetup = `set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
usermod -p '*' root
useradd -u ${String(boxUser.id)} -p '*' -m -s /bin/bash ${boxUser.name}
mkdir -p /boot/grub
cp /usr/lib/grub/i386-pc/boot.img ${bootCode.sector}
grub-mkimage -O i386-pc -p '(,msdos1)/boot/grub' -o ${bootCode.core} biosdisk part_msdos ext2 normal linux boot
rm -f /etc/ssh/ssh_host_rsa_key* /etc/ssh/ssh_host_ecdsa_key* /etc/ssh/ssh_host_ed25519_key.pub
for unit in nfs-server nfs-kernel-server nfs-client.target nfs-blkmap rpcbind rpcbind.socket chrony pacemaker corosync \\
            corosync-notifyd heartbeat apache2 apache-htcacheclean opensmtpd mariadb tgt open-iscsi iscsid iscsid.socket; do
  systemctl disable "$unit" >/dev/null 2>&1 || true
done
for unit in getty@tty1.service serial-getty@ttyS0.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \\
            e2scrub_reap.service fstrim.timer dpkg-db-backup.timer systemd-pstore.service logrotate.timer man-db.timer \\
            systemd-timesyncd.service systemd-random-seed.service grub-common.service; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id /var/log/*.log /var/log/apt/* /var/log/syslog
`;
