import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article's section on DRBD. */
export const drbdErrata: readonly Erratum[] = [
  {
    section: section.drbd,
    says: 'drbd8-modules-2.6-686 and linux-headers-2.6.26-686, on a 64-bit system.',
    right: 'drbd8-modules-2.6-amd64 and linux-headers-2.6-amd64.',
    why: 'Debian 5.0 for 64 bits has no kernel packages of the 686 flavour, so apt-get finds neither and installs nothing of the line. And headers carry the number of the kernel’s interface in their names, as in 2.6.26-2-686.',
    handling: 'period: mended, apt-get refuses the printed names. current: the module comes with the kernel.',
  },
  {
    section: section.drbd,
    says: 'Debian’s drbd8-utils and drbd8-modules are installed, then DRBD 8.3.1 is built and installed over them.',
    right: 'One of the two.',
    why: 'Debian 5.0 packages DRBD 8.0. make install writes over files of the packages, and the next upgrade of one of them puts the old ones back: tools and module are then of different versions.',
    handling: `${keptAndNoted}the module of the kernel and the tools of the package.`,
  },
  {
    section: section.drbd,
    says: 'wget http://oss.linbit.com/drbd/8.3/drbd-8.3.1.tar.gz, built as root.',
    right: 'Compare a checksum or signature before building.',
    why: 'Whatever answers for that name over HTTP becomes a part of both kernels.',
    handling: `${keptAndNoted}nothing is downloaded.`,
  },
  {
    section: section.drbd,
    says: 'Both servers are entered into /etc/hosts with their addresses on eth1.',
    right: 'Names for the addresses on the LAN; others, as hauptserver-x, for the cable.',
    why: 'The name of a server then means the cable between the two. When that is what fails, nobody on one of them reaches the other by name, though the LAN is well.',
    handling: `${keptAndNoted}names mean the network of the clients; drbd.conf and ha.cf hold addresses.`,
  },
  {
    section: section.drbd,
    says: 'A cable without a switch removes a possible source of errors.',
    right: 'A second path for heartbeat as well.',
    why: 'It also is the only path. Its failure, a card’s or a driver’s looks to each server like the death of the other one, and both take everything.',
    handling: `${keptAndNoted}the cable alone, as printed; scenarios show what it costs.`,
  },
  {
    section: section.drbd,
    says: 'drbd.conf without startup section.',
    right: 'startup { wfc-timeout 60; }, which DRBD takes for degr-wfc-timeout too where that is longer.',
    why: 'wfc-timeout is unlimited by default: the init script of DRBD waits for the other server for ever. After a power cut that one of them does not survive, the other one never comes up.',
    handling: `${keptAndNoted}wfc-timeout 60, beside the degr-wfc-timeout 120 of the other articles.`,
  },
  {
    section: section.drbd,
    says: 'drbd.conf without syncer section.',
    right: 'syncer { rate 30M; }',
    why: 'DRBD 8.3 then resynchronises with 250 KiB/s.',
    handling: `${keptAndNoted}10 MiB/s, setting drbd.resyncRate.`,
  },
  {
    section: section.drbd,
    says: 'drbdadm up r0 contains the commands create-md, attach, syncer and connect.',
    right: 'drbdadm create-md r0, then drbdadm up r0, which is attach, syncer and connect.',
    why: 'up never writes meta-data; on a fresh disk it fails with "No valid meta data found". If it did, every start would wipe the record of what has to be resynchronised.',
    handling: 'period: mended, it cannot run as printed. current: create-md, then up.',
  },
  {
    section: section.drbd,
    says: 'attach associates the DRBD with its counterpart.',
    right: 'attach joins the device to its own disk; connect joins it to the other server.',
    why: 'Confused: attach knows nothing of the network.',
    handling: 'Told only.',
  },
  {
    section: section.drbd,
    says: 'version: 0.7.22 (api:79/proto:74), st:Secondary/Secondary ld:Inconsistent',
    right: 'version: 8.3.1 (api:88/proto:86-89), ro:Secondary/Secondary ds:Inconsistent/Inconsistent',
    why: 'The listing is of another DRBD than the one that was built a paragraph before: 0.7 has one disk state (ld), 8.3 shows those of both servers. Whoever searches for ld: in 8.3 finds nothing.',
    handling: 'period: the wait looks for ds:. current: the same.',
  },
  {
    section: section.drbd,
    says: 'drbdadm -- --overwrite-data-of-peer primary r0 copies one empty disk over the other.',
    right: 'DRBD 8.3 and later: drbdadm -- --clear-bitmap new-current-uuid r0 declares two equal devices so.',
    why: 'Nothing is on the disks yet that would be worth copying.',
    handling: 'period: as printed. current: no initial sync; the devices are fresh and equal.',
  },
  {
    section: section.drbd,
    says: 'The initial sync takes a few minutes.',
    right: 'More than an hour for each GiB.',
    why: '250 KiB/s, see above. The article speaks of virtual machines of 10 GB and more: that is half a day for one of them.',
    handling: 'period: as printed, the wait has a day. current: none.',
  },
];
