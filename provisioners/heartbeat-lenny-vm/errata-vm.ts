import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's sections on VMware and on trouble. */
export const vmErrata: readonly Erratum[] = [
  {
    section: section.vmware,
    says: 'VMware Server 2.0.1, from a CD.',
    right: 'A hypervisor that is maintained: KVM, Xen.',
    why: 'VMware ended the product in 2011 and offers it no longer; its kernel modules do not build for the kernels of today.',
    handling:
      'period: as printed. current: User-Mode Linux, a kernel as a process, which needs neither modules nor help of the processor.',
  },
  {
    section: section.vmware,
    says: 'apt-get install psmisc build-essential as further packages.',
    right: 'Nothing: the section on DRBD has installed both.',
    why: 'What the modules of VMware need are the headers of the running kernel, and those were asked for by a name that does not exist.',
    handling: `${keptAndNoted}no such packages.`,
  },
  {
    section: section.vmware,
    says: '/data/VMs is created; nothing says on which server VMware is then installed.',
    right: 'On both, and on ausfallserver while it has /data.',
    why: '/data is mounted on one server at a time. On the other one /data/VMs is not there, or worse, a folder below the mount point that vanishes when the device is mounted over it.',
    handling: `${keptAndNoted}the folder is made on the mirror; the hypervisor is a package on both.`,
  },
  {
    section: section.vmware,
    says: 'tar xvfz VMware-server-2.0.1-156745.x86_64.tar.gz, then cd VMware-server-2.0.1-156725.x86_64',
    right: 'cd vmware-server-distrib',
    why: 'Two digits have changed places, 156745 and 156725; and the archive unpacks into a folder of another name altogether.',
    handling: 'period: mended, it cannot run as printed. current: no such archive.',
  },
  {
    section: section.vmware,
    says: 'The installer’s questions are answered with the defaults.',
    right: 'Without starting VMware at boot; heartbeat starts it where /data is.',
    why: 'The init script starts VMware on both servers, before heartbeat has mounted anything and where it never will.',
    handling: `${keptAndNoted}vm.service is enabled nowhere.`,
  },
  {
    section: section.vmware,
    says: 'The virtual machines are created at https://192.168.0.11:8333.',
    right: 'On hauptserver, then registered on ausfallserver as well.',
    why: 'The list of virtual machines is kept below /etc/vmware of one server, not on the mirror: the other one has the disks and knows no machine.',
    handling: `${keptAndNoted}both servers have the same vm.service.`,
  },
  {
    section: section.vmware,
    says: 'Nothing of the configuration of the virtual machines.',
    right: 'uuid.action = "keep" in each .vmx file.',
    why: 'On another server VMware finds that a machine was moved or copied and asks which; until somebody answers it does not start.',
    handling: `${keptAndNoted}no such question.`,
  },
  {
    section: section.trouble,
    says: 'When the primary fails, the virtual machines are started on the secondary automatically.',
    right: 'Nothing starts them, see haresources.',
    why: 'heartbeat promotes and mounts. It does not know that there are virtual machines.',
    handling: `${keptAndNoted}heartbeat starts them; vm.autostart=off shows what the article’s files do.`,
  },
  {
    section: section.trouble,
    says: 'After a takeover the virtual machines should be restarted soon, so that Checkdisk mends their file systems.',
    right: 'The check belongs into the boot that the takeover is, before anything is written.',
    why: 'They have just booted, after what is a power cut to them. A damaged file system that is written to for hours gets worse; one that looks clean is not checked by a further restart either, unless that is asked for. And it is a second outage.',
    handling: `${keptAndNoted}every boot runs e2fsck -f before the root becomes writable; its status is logged and part of health.`,
  },
  {
    section: section.trouble,
    says: 'When the connection breaks, shut the virtual machines on the secondary down by hand.',
    right:
      'Also decide whose disk is to be kept, and drop the other one: drbdadm secondary r0, then drbdadm -- --discard-my-data connect r0, on its server.',
    why: 'Both servers were Primary and both virtual machines have written. DRBD finds the split brain when the cable is back and refuses to connect: from then on there is no mirror. What clients wrote to the machine on the discarded side is lost, whatever was acknowledged.',
    handling:
      'Both editions: the known outcome of a cut cable. Nothing heals it by itself, and a record of it fails by the checks "never two active" and "replicas identical".',
  },
  {
    section: section.trouble,
    says: 'Every virtual server is then on the network twice.',
    right: 'With the same addresses, so that each client talks to the one whose answer came last.',
    why: 'Connections break and come back to the other machine. One session can have its reads from one disk and its writes on the other.',
    handling:
      'The network between the nodes is watched: every change of the node that answers for the address is recorded.',
  },
  {
    section: section.trouble,
    says: 'STONITH can help.',
    right: 'STONITH and a second path for heartbeat; without both the last two points are certain.',
    why: 'With one path and no fencing, a single failure of the cable is enough.',
    handling: 'Both editions: neither, as printed.',
  },
  {
    section: section.trouble,
    says: 'Start the primary first, and only then the secondary.',
    right: 'Start both; or set wfc-timeout.',
    why: 'The order keeps the newer data in charge, but the init script of DRBD waits for the other server without limit and heartbeat another 30 s: the primary stands still until the secondary is switched on.',
    handling: `${keptAndNoted}wfc-timeout 60, so that either order works.`,
  },
];
