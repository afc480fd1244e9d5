import type { Box } from './box.ts';

/** A guest operating system, as data. */
export interface Platform {
  name: string;
  title: string;
  /** How services are managed; decides the commands of faults and plans. */
  init: 'systemd' | 'sysv';
  /** What `halt -f` of the articles is here: the kernel stops at once, no service is told. */
  haltNowCommand: string;
  /** Kernel and user land of the embedded provider's image; absent where only a user's own box can serve. */
  image?: {
    distribution: 'debian';
    suite: string;
    packages: readonly string[];
    /** Modules the initial ram disk needs to find its root. */
    initrdModules: readonly string[];
  };
  /** A public Vagrant box of it; absent where only a user's own box can serve. */
  box?: Box;
  /** Devices that its kernel has drivers for; absent means virtio. */
  nicModel?: 'virtio' | 'e1000';
  diskBus?: 'virtio' | 'ide';
  /** Old servers speak old algorithms only; absent means the library's defaults. */
  ssh?: { kex?: readonly string[]; serverHostKey?: readonly string[]; cipher?: readonly string[] };
}
