import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const bothKeep = 'Both editions keep it: ';

/** Mistakes of the article’s sections on clients, the failure, the agent and the cloned server. */
export const serviceErrata: readonly Erratum[] = [
  {
    section: section.clients,
    says: 'soft,timeo=20,retrans=3',
    right: 'hard, with the default timeo.',
    why: 'A write that gets no answer for 8 to 16 seconds (timeo is 2 s, and as much again for each of three retrans makes 8; both were measured) fails with an I/O error although the service is about to come back; an application that does not look at every write and every close loses data silently.',
    handling: `${bothKeep}setting nfs.mountOptions. Only writes that were acknowledged count as kept.`,
  },
  {
    section: section.clients,
    says: 'the mount option intr',
    right: 'Leave it out.',
    why: 'Linux has ignored it since 2.6.25 (nfs(5)).',
    handling: `${bothKeep}it does nothing.`,
  },
  {
    section: section.clients,
    says: 'rsize=8192,wsize=8192',
    right: 'Leave them out: client and server agree on the largest both can.',
    why: 'Values of the time of UDP; over TCP they cost throughput.',
    handling: `${bothKeep}setting nfs.mountOptions.`,
  },
  {
    section: section.failure,
    says: 'sudo halt -f',
    right: 'With systemd 230 and later: halt -f -f.',
    why: 'Right on CentOS 7, whose systemd leaves out the init system at the first -f already. Newer ones ask it for a clean shutdown, in which Pacemaker hands the service over, and a switchover is measured.',
    handling: 'period: as printed. current: halt -f -f.',
  },
  {
    section: section.failure,
    says: 'while sleep 0.1; do date 1>&2; date > /mnt/date.txt; done',
    right: 'Writes on a schedule, with fsync, each with a number, and a ledger of what was acknowledged.',
    why: 'The loop stands still with the write that hangs, so what it failed to try is not counted; every write replaces the one before, so what was lost is not seen; seconds are the best that date shows.',
    handling: 'Scenarios write from both clients, keep a ledger and read back.',
  },
  {
    section: section.failure,
    says: 'Writes stood still for about 20 seconds.',
    right: '17 seconds, by the printed stamps: 01:47:23 to 01:47:40.',
    why: 'Token and consensus alone are 8.8 s, DRBD takes its dead peer for alive for 10.5 s; the rest are the agents and the client.',
    handling: 'This is what lab measures.',
  },
  {
    section: section.failure,
    says: 'An I/O error, and writing goes on.',
    right: 'The write that failed is lost.',
    why: 'The soft mount gave it up; nobody writes it again.',
    handling: 'Runs record every failed operation, by its errno.',
  },
  {
    section: section.monitorStarts,
    says: 'sed s/tries=1/tries=0/g on /usr/lib/ocf/resource.d/heartbeat/nfsserver',
    right:
      'A copy of the agent under a provider of one’s own, as ocf:local:nfsserver; or a package without the fault.',
    why: 'The next update of resource-agents puts the old file back, on whichever server is updated first.',
    handling:
      'period: as printed. current: the agent is looked at, and patched only where its monitor starts daemons; that of Debian 12 (resource-agents 4.12) does not.',
  },
  {
    section: section.monitorStarts,
    says: 'diff -u of the agent and its copy.',
    right: 'The same, and || true behind it where a script stops at what fails.',
    why: 'diff ends with 1 when the files differ, which is what it is to show.',
    handling: 'period: mended. current: not needed.',
  },
  {
    section: section.cloned,
    says: 'pcs resource cleanup exportfs, after pcs resource delete exportfs.',
    right: 'The two delete commands alone.',
    why: 'What was deleted has no history left to clean up.',
    handling: 'period: as printed. current: the configuration is written once, in its final form.',
  },
  {
    section: section.cloned,
    says: 'A clone that exports /drbd/nfs, the mount point, on both servers.',
    right: 'The second form: export a directory inside, as a member of the group.',
    why: 'On the standby the clone exports the empty directory below the mount point. And when the service moves on purpose, nfsd still holds the file system that is to be unmounted; a failed stop blocks the group.',
    handling: 'Both editions have the form: setting nfsserver=cloned.',
  },
  {
    section: section.cloned,
    says: 'Clients need not mount again although /var/lib/nfs is not replicated; does it depend on TCP, UDP, NFSv3 or NFSv4?',
    right: 'It depends on locks.',
    why: 'A mount of NFSv3 is a file handle, which stays valid with a fixed fsid; the server need not remember it. What is in /var/lib/nfs are the clients that hold locks (statd) and those of NFSv4 that may reclaim theirs.',
    handling: 'Told only.',
  },
];
