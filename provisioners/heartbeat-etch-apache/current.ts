import type { Plan, PlanSection } from '../../lab/plan.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOn, clientsOf, serversOf } from '../../lab/topology.ts';
import { hostsFile } from '../parts/hosts.ts';
import { createImages, loopDiskUnit } from '../parts/loop-disk.ts';
import { mailHostConf, mailRelayConf } from '../parts/mail.ts';
import { file, packages, run } from '../parts/steps.ts';
import { timeSection } from '../parts/time-section.ts';
import { section } from './article.ts';
import { clusterSections } from './current-cluster.ts';
import { errata } from './errata.ts';
import { layout, topology } from './layout.ts';

const machines = topology('current');
const all = machines.nodes.map((node) => node.name);
const servers = serversOf(machines).map((node) => node.name);
const clients = clientsOf(machines).map((node) => node.name);

/** The article's architecture on Debian 12. */
export function currentPlan(settings: Settings, secrets: Secrets): Plan {
  return {
    stack: 'heartbeat-etch-apache',
    edition: 'current',
    title: 'A highly available Apache with DRBD and heartbeat, on Debian 12',
    introduction: [
      'Two servers mirror a disk with DRBD and watch each other with heartbeat, both over a cable of their own; whoever holds ' +
        'the two service addresses serves the mirror with Apache. The sections follow the article; each says where this edition differs and why.',
      `Every machine has its name and its addresses already: ${layout.nic} is the article’s eth0, ${layout.crossoverNic} its eth1, ` +
        'the crossed cable. A null-modem cable joins the second serial ports of the servers, for heartbeat.media=eth+serial.',
      'Differences that matter: ext4 instead of ext3, mounted with sync; a loop device instead of a partition; no initial sync; ' +
        'a resource script of our own for Apache; uploads over WebDAV, so that writes can be measured.',
    ],
    nodes: machines.nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      setup(settings),
      timeSection(machines, 'cluster', layout.haLog),
      mail(),
      ...clusterSections(settings, secrets),
    ],
    errata,
  };
}

function setup(settings: Settings): PlanSection {
  const disks = [
    {
      device: '/dev/loop0',
      image: layout.dataImage,
      sizeMib: numberSetting(settings, 'drbd.size'),
      covered: layout.dataDisk,
    },
  ];
  return {
    title: 'The machines',
    articleSection: section.background,
    text: `${servers.join(' and ')} are the servers, ${clients.join(' and ')} the clients; ${layout.service} and ${layout.secondService} are the addresses of the service, held by one server at a time. The partition /dev/hda5 of the article is a file behind a loop device, of the same size on both servers; a linear device-mapper device covers it, so that it can be made to fail or to stall.`,
    steps: [
      file(
        all,
        '/etc/hosts',
        hostsFile(machines, 'cluster', [
          { name: 'www', address: layout.service },
          { name: 'www2', address: layout.secondService },
        ]),
      ),
      run(servers, 'Create the image file', createImages(disks), {
        why: 'A sparse file: what was never written reads as zeroes on both servers, so the devices are equal from the start.',
      }),
      file(
        servers,
        '/etc/systemd/system/lab-loop-disks.service',
        loopDiskUnit(disks, ['drbd.service', 'heartbeat.service']),
        { why: 'A server that comes back after a power cut must find its disk before DRBD starts.' },
      ),
      run(servers, 'Attach the loop device, now and at every boot', [
        'systemctl enable --no-reload lab-loop-disks.service',
        'systemctl start lab-loop-disks.service',
      ]),
    ],
  };
}

function mail(): PlanSection {
  const { mailHost, mailUser } = layout;
  const address = addressOn(machines, mailHost, 'cluster');
  const mailing = [mailHost, ...servers];
  return {
    title: 'Mail for the alerts',
    text: `MailTo of heartbeat mails with the program mail. The servers hand all mail to ${mailHost}, where ${mailUser} has a mailbox.`,
    steps: [
      packages(mailing, ['opensmtpd', 'bsd-mailx']),
      ...mailing.map((name) => file([name], '/etc/mailname', `${name}.${machines.domain}\n`)),
      file([mailHost], '/etc/smtpd.conf', mailHostConf(address)),
      file(servers, '/etc/smtpd.conf', mailRelayConf(address)),
      run([mailHost], `Give ${mailUser} a mailbox`, [
        `id ${mailUser} >/dev/null 2>&1 || useradd --create-home ${mailUser}`,
      ]),
      run(mailing, 'Start the mail server, now and at every boot', [
        'systemctl enable --no-reload opensmtpd.service',
        'systemctl restart opensmtpd.service',
      ]),
    ],
  };
}
