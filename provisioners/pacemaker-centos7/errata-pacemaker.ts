import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';
const bothKeep = 'Both editions keep it: ';

/** Mistakes in the configuration of Pacemaker. */
export const pacemakerErrata: readonly Erratum[] = [
  {
    section: section.pacemaker,
    says: 'stonith-enabled="false"',
    right: 'A fence device for each server, and stonith-enabled="true".',
    why: 'A server that is declared lost may be alive. Nothing keeps both from writing to their replicas; and a resource that does not stop (on-fail="block") stays where it is, and the service with it.',
    handling:
      'Both editions: none by default; the check "never two active servers" watches for it. Setting fencing=host has the host power a lost server off and on.',
  },
  {
    section: section.pacemaker,
    says: 'no-quorum-policy="ignore"',
    right: 'Leave it at stop: two_node: 1 of Corosync already gives the survivor quorum.',
    why: 'two_node implies wait_for_all: a server that boots alone waits until it has seen the other one. ignore switches just that off, so two servers that boot without a network between them both start the service.',
    handling: `${bothKeep}it decides what happens when the network is cut. With fencing=host it is stop.`,
  },
  {
    section: section.pacemaker,
    says: 'start-failure-is-fatal="false", with migration-threshold="5"',
    right: 'The default, true; or a threshold of 1 or 2.',
    why: 'A start that fails is tried five times on the same server before the other one gets its chance. With timeouts of 20 to 240 s clients wait for minutes.',
    handling: `${bothKeep}setting migrationThreshold.`,
  },
  {
    section: section.pacemaker,
    says: 'op monitor interval="20s" for drbd, without a role.',
    right:
      'Two monitors with different intervals: role="Master" interval="10s", and role="Slave" interval="20s".',
    why: 'Without a role it watches instances that are not promoted. Nobody watches the Primary: a lost disk or a DRBD that someone demoted goes unnoticed until the file system fails.',
    handling: `${bothKeep}setting drbd.monitorInterval.`,
  },
  {
    section: section.pacemaker,
    says: 'start-delay="1m" for drbd, start-delay="20s" for nfsserver.',
    right: 'No start-delay.',
    why: 'Pacemaker’s transition is not over before the delayed monitor has reported once. What happens meanwhile is answered only then: a failure in the minute after a server joined waits for the rest of it.',
    handling: `${bothKeep}settings drbd.monitorDelay and nfsserver.monitorDelay. lab up waits until Pacemaker is idle, so that runs do not begin inside that minute.`,
  },
  {
    section: section.pacemaker,
    says: 'op start timeout="20s" and op monitor timeout="10s" for nfsserver.',
    right: '40s and 20s, which the agent itself asks for.',
    why: 'A start that is cut off counts as failed: the server is stopped and started again, and clients wait for all of it.',
    handling: `${keptAndNoted}90 s for a start and a stop, 60 s for a look, since emulated machines are slow; settings nfsserver.startTimeout, nfsserver.stopTimeout and nfsserver.monitorTimeout.`,
  },
  {
    section: section.pacemaker,
    says: 'nfsserver has no nfs_ip.',
    right: 'nfs_ip="192.168.33.20"',
    why: 'Clients hold their locks with 192.168.33.20. The notices of a restart come from the server’s own address, match nothing that clients know, and no lock is reclaimed.',
    handling: `${bothKeep}hard-halt was seen to lose a lock that a client held; the record of a run says what became of it.`,
  },
  {
    section: section.pacemaker,
    says: 'options="rw,no_root_squash" for a whole subnet.',
    right: 'Name the clients, or squash root.',
    why: 'Whoever gets an address of 192.168.33.0/24 is root on the share.',
    handling: `${bothKeep}the network of a lab has no other machines.`,
  },
  {
    section: section.pacemaker,
    says: 'fsid="root" for /drbd/nfs/nfsroot, which clients mount by that path.',
    right: 'A number or UUID as fsid; or mount nfsvip:/ with NFSv4.',
    why: 'root makes the directory the root of NFSv4: there its path is /, and /drbd/nfs/nfsroot does not exist. mount falls back to NFSv3 without a word.',
    handling: `${keptAndNoted}fsid=root as well, and vers=3 said aloud.`,
  },
  {
    section: section.pacemaker,
    says: 'group add group-nfs fs vip nfsserver exportfs',
    right: 'fs nfsserver exportfs vip: the address last.',
    why: 'From the moment the address answers until the export is there, clients are refused: no server yet, then a server without the export, which is "Permission denied". The article saw it, in its own loop.',
    handling: `${bothKeep}setting order; export-before-address avoids it.`,
  },
  {
    section: section.pacemaker,
    says: 'constraint colocation add master drbd-master with group-nfs INFINITY',
    right: 'constraint colocation add group-nfs with master drbd-master INFINITY',
    why: 'As printed the group is placed first and the master has to follow, even to a server whose replica must not be promoted; then neither runs. The sentence above the command says it the right way round.',
    handling: 'period: as printed. current: the right way round.',
  },
];
