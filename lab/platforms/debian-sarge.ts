import type { Platform } from '../platform.ts';

/** Debian 3.1 "sarge" of 2005: only a box of the user's own can serve, no archive of images holds it. */
export const debianSarge: Platform = {
  name: 'debian-sarge',
  title: 'Debian 3.1 (sarge)',
  init: 'sysv',
  // sysvinit: -f does not call shutdown(8); after a sync the kernel stops at once.
  haltNowCommand: 'halt -f',
  // Linux 2.4.27 and 2.6.8: virtio came with 2.6.25.
  nicModel: 'e1000',
  diskBus: 'ide',
  // OpenSSH 3.8.1: nothing newer than SHA-1 key exchange, ssh-rsa host keys and CBC ciphers.
  ssh: {
    kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
    serverHostKey: ['ssh-rsa', 'ssh-dss'],
    cipher: ['aes128-ctr', 'aes128-cbc', '3des-cbc'],
  },
};
