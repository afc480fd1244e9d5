import type { Platform } from '../platform.ts';

/** Debian 5.0 "lenny" of 2009: only a box of the user's own can serve, no archive of images holds it. */
export const debianLenny: Platform = {
  name: 'debian-lenny',
  title: 'Debian 5.0 (lenny)',
  init: 'sysv',
  // sysvinit: -f does not call shutdown(8); after a sync the kernel stops at once.
  haltNowCommand: 'halt -f',
  // OpenSSH 5.1: nothing newer than SHA-1 key exchange, ssh-rsa host keys and CBC or counter ciphers.
  ssh: {
    kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
    serverHostKey: ['ssh-rsa', 'ssh-dss'],
    cipher: ['aes128-ctr', 'aes128-cbc', '3des-cbc'],
  },
};
