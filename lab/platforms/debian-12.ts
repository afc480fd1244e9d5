import type { Platform } from '../platform.ts';

/** Debian 12 "bookworm": the last release that still packages heartbeat. */
export const debian12: Platform = {
  name: 'debian-12',
  title: 'Debian 12 (bookworm)',
  init: 'systemd',
  // With systemd a single -f still asks PID 1 for a clean shutdown, which sends SIGTERM and lets heartbeat hand its
  // resources over; twice -f calls reboot(2) at once (halt(8), "Force immediate halt"). sysvinit's `halt -f`, which the
  // articles use, does that at the first -f already.
  haltNowCommand: 'halt -f -f',
  box: { name: 'debian/bookworm64' },
  image: {
    distribution: 'debian',
    suite: 'bookworm',
    packages: [
      'linux-image-amd64',
      'systemd-sysv',
      'udev',
      'kmod',
      'openssh-server',
      'iproute2',
      'iputils-ping',
      'ifupdown',
      'netbase',
      'rsyslog',
      'chrony',
      'drbd-utils',
      'heartbeat',
      'nfs-kernel-server',
      'nfs-common',
      'e2fsprogs',
      'tcpdump',
      'procps',
      'perl',
      'psmisc',
      'less',
      'net-tools',
      'util-linux-extra',
      'iptables',
      'nftables',
      'dbus',
      'sudo',
      'isc-dhcp-client',
      'grub-pc-bin',
    ],
    // Besides virtio, the disk controllers that VirtualBox has.
    initrdModules: [
      'virtio_pci',
      'virtio_blk',
      'virtio_scsi',
      'virtio_net',
      'ahci',
      'ata_piix',
      'sd_mod',
      'ext4',
    ],
  },
};
