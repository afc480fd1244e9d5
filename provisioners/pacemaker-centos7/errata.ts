import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';
import { pacemakerErrata } from './errata-pacemaker.ts';
import { serviceErrata } from './errata-service.ts';

const keptAndNoted = 'period: as printed. current: ';
const bothKeep = 'Both editions keep it: ';

/** Mistakes of the article, in its order. */
export const errata: readonly Erratum[] = [
  {
    section: section.machines,
    says: 'One internal network, ha-nfs, for everything.',
    right: 'A second path between the servers, for Corosync and for replication.',
    why: 'When the only network between the servers breaks, each is alone with its replica and its copy of the configuration. Nothing fences, so both go on.',
    handling: `${bothKeep}it is the architecture under test; scenarios show what it costs.`,
  },
  {
    section: section.machines,
    says: 'virtualbox__intnet: "ha-nfs"',
    right: 'A name that no other lab on the host has.',
    why: 'VirtualBox joins all machines of a user that name the same internal network: two labs of this Vagrantfile share one Ethernet, on which every address exists twice.',
    handling: 'Vagrantfiles made by lab: the name of the lab before that of the network.',
  },
  {
    section: section.machines,
    says: 'config.ssh.insert_key = false',
    right: 'true, the default: Vagrant gives every machine a key of its own.',
    why: 'Whoever reaches the machines logs in with the key that the whole world knows.',
    handling: 'Vagrantfiles made by lab say true, for both editions.',
  },
  {
    section: section.packages,
    says: 'yum -y install http://www.elrepo.org/elrepo-release-7.0-2.el7.elrepo.noarch.rpm',
    right: 'rpm --import of ELRepo’s key first, and the package by https.',
    why: 'A package that installs repositories and their keys, fetched without any proof of where it comes from. Today the address is dead: ELRepo has closed its archive for EL7, as CentOS has its own.',
    handling: `${keptAndNoted}the module comes with the kernel.`,
  },
  {
    section: section.packages,
    says: 'nfs-utils is installed on nfs01 and nfs02 alone.',
    right: 'On sv01 and sv02 as well, or a box that has it.',
    why: 'mount -t nfs is a program of that package, and it is the clients that mount.',
    handling: 'period: as printed, the box decides. current: nfs-common on the clients.',
  },
  {
    section: section.packages,
    says: 'Nothing is said of firewalld and SELinux.',
    right: 'Open 5405/udp, 7791/tcp and the ports of NFS, or say that both are off in the box that is used.',
    why: 'A plain CentOS 7 has both switched on; there the two servers see neither each other’s token nor each other’s blocks.',
    handling: 'Told only: the box decides. current: Debian has neither by default.',
  },
  {
    section: section.drbd,
    says: 'losetup /dev/loop0 /var/opt/drbddisk, typed once.',
    right: 'A unit that attaches it at every boot, before Pacemaker.',
    why: 'After a reboot the device is gone, DRBD starts without a disk or not at all, and the server is no standby. The article says so itself, much later.',
    handling: `${keptAndNoted}a unit (setting autostart; off shows the article).`,
  },
  {
    section: section.drbd,
    says: 'protocol C; stands directly in the resource.',
    right: 'net { protocol C; }',
    why: 'DRBD 8.4 moved it to the net section and takes the old place for the sake of old files only (drbd.conf-8.4(5)).',
    handling: `${keptAndNoted}in net.`,
  },
  {
    section: section.drbd,
    says: 'systemctl start drbd.service on both, without wfc-timeout.',
    right: 'drbdadm up nfs, or startup { wfc-timeout 60; }.',
    why: 'The init script waits for the peer without end. Typed on one server after the other, the first one stands still until the second is done.',
    handling: `${keptAndNoted}drbdadm up.`,
  },
  {
    section: section.drbd,
    says: 'drbdadm primary nfs --force, and then a sync of 1 GiB.',
    right: 'drbdadm new-current-uuid --clear-bitmap nfs/0',
    why: 'Two fresh files of zeroes are equal: the nine minutes copy nothing of worth. With --force typed on the wrong server later on, the same command overwrites the good copy.',
    handling: `${keptAndNoted}declared equal, no initial sync.`,
  },
  {
    section: section.drbd,
    says: 'The second directory is for "/var/lib/nfsmount --bind".',
    right: 'For the directory on which the agent mounts /var/lib/nfs: mount --bind ... /var/lib/nfs.',
    why: 'A blank, and what stood around it, got lost.',
    handling: 'Told only.',
  },
  {
    section: section.drbd,
    says: 'The sync should be over by now.',
    right: 'Wait for ds:UpToDate/UpToDate in /proc/drbd before the secondary is made primary.',
    why: 'A server whose replica is inconsistent reads through the network from the other one; if that one goes, what is left is a mixture.',
    handling: 'period: a wait is added. current: both are up to date from the start.',
  },
  {
    section: section.drbd,
    says: 'The listing of nfs02 shows ns:728889 nr:0.',
    right: 'It is one of nfs01: on nfs02, which received the blocks, nr counts them and ns is 0.',
    why: 'ns is what was sent over the network, nr what was received. Who looks for that line on nfs02 does not find it.',
    handling: 'Told only.',
  },
  {
    section: section.drbd,
    says: '/dev/drbd/by-res/nfs',
    right: '/dev/drbd/by-res/nfs/0',
    why: 'Since volumes exist a resource is a folder of them; newer udev rules of DRBD no longer make a link of the old name.',
    handling: `${keptAndNoted}/dev/drbd0.`,
  },
  {
    section: section.drbd,
    says: 'nfs.res has no fencing and no handlers.',
    right:
      'fencing resource-only (resource-and-stonith with STONITH), fence-peer crm-fence-peer.sh, after-resync-target crm-unfence-peer.sh.',
    why: 'After the replication link broke, the standby’s copy is old and does not know it. If the active server dies then, Pacemaker promotes the old copy, and acknowledged writes are gone.',
    handling:
      'Both editions: none by default. The check of acknowledged writes watches for it; setting drbd.fencing has both policies.',
  },
  {
    section: section.drbd,
    says: 'nfs.res has no net options besides the protocol.',
    right: 'A shared secret (cram-hmac-alg), verify-alg, and a deliberate choice for after a split brain.',
    why: 'Whoever reaches port 7791 can join; replicas that drifted apart are never noticed.',
    handling: `${keptAndNoted}verify-alg, by which lab compares the replicas after each run; no secret, for no other machine is on the network.`,
  },
  {
    section: section.drbd,
    says: 'systemctl status drbd.service, after systemctl stop drbd.service.',
    right: 'The same, and || true behind it where a script stops at what fails.',
    why: 'The status of a service that is stopped ends with 3.',
    handling: 'period: mended. current: not needed.',
  },
  {
    section: section.corosync,
    says: 'rrp_mode: active',
    right: 'Nothing, or a second ring.',
    why: 'It says how several rings are used; there is one. Corosync 3 does not know it any more.',
    handling: `${keptAndNoted}left out.`,
  },
  {
    section: section.corosync,
    says: 'transport: udpu, with mcastaddr and bindnetaddr.',
    right: 'Neither: with udpu and a list of nodes, Corosync sends to these addresses alone.',
    why: 'udpu is unicast; a multicast address says the contrary of what happens. Of mcastport only the number is used.',
    handling: `${keptAndNoted}only mcastport.`,
  },
  {
    section: section.corosync,
    says: 'The nodes of the list have no name.',
    right: 'name: nfs01',
    why: 'Pacemaker then takes uname -n of each machine as it shows up; a machine whose host name changes becomes a third node.',
    handling: `${keptAndNoted}names.`,
  },
  {
    section: section.corosync,
    says: 'crypto_cipher: none, crypto_hash: none',
    right: 'crypto_hash: sha256, crypto_cipher: aes256, with a key from corosync-keygen.',
    why: 'One forged packet on this network changes the membership, and with it who serves.',
    handling: `${bothKeep}no other machine is on the network of a lab.`,
  },
  {
    section: section.corosync,
    says: 'Starting pacemaker.service is enough.',
    right: 'systemctl enable pacemaker.service as well.',
    why: 'It is not started at the next boot: the cluster then has one server, until someone notices.',
    handling: `${keptAndNoted}enabled (setting autostart; off shows the article).`,
  },
  ...pacemakerErrata,
  ...serviceErrata,
];
