import type { Platform } from '../platform.ts';

/** Debian 4.0 "etch" of 2007: only a box of the user's own can serve, no archive of images holds it. */
export const debianEtch: Platform = {
  name: 'debian-etch',
  title: 'Debian 4.0 (etch)',
  init: 'sysv',
  // sysvinit: -f does not call shutdown(8); after a sync the kernel stops at once.
  haltNowCommand: 'halt -f',
  // Linux 2.6.18: virtio came with 2.6.25.
  nicModel: 'e1000',
  diskBus: 'ide',
  // OpenSSH 4.3: nothing newer than SHA-1 key exchange, ssh-rsa host keys and CBC or counter ciphers.
  ssh: {
    kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
    serverHostKey: ['ssh-rsa', 'ssh-dss'],
    cipher: ['aes128-ctr', 'aes128-cbc', '3des-cbc'],
  },
};
