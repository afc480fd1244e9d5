import type { Platform } from '../platform.ts';

/** CentOS 7.2 of 2015: its archives are closed, only a box can serve. */
export const centos7: Platform = {
  name: 'centos-7',
  title: 'CentOS 7.2',
  init: 'systemd',
  // systemd 219: one -f already leaves the init system out (halt(8) of that release, "Do not contact the init system").
  haltNowCommand: 'halt -f',
  box: { name: 'bento/centos-7.2' },
};
