import type { PlanStep } from '../../lab/plan.ts';
import { run } from './steps.ts';

/** How both articles of the NFS howto put the state of NFS on the replicated device, from an ext3 on /dev/drbd0. */
export function periodNfsState(servers: readonly [first: string, second: string]): PlanStep[] {
  const [first, second] = servers;
  return [
    run([...servers], 'Create /data', ['mkdir /data']),
    run([first], 'Move /var/lib/nfs and create the export', [
      'mount -t ext3 /dev/drbd0 /data',
      'mv /var/lib/nfs/ /data/',
      'ln -s /data/nfs/ /var/lib/nfs',
      'mkdir /data/export',
      'umount /data',
    ]),
    run([second], 'Point /var/lib/nfs at the same place', [
      'rm -fr /var/lib/nfs/',
      'ln -s /data/nfs/ /var/lib/nfs',
    ]),
  ];
}
