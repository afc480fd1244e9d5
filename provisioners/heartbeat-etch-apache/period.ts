import type { Plan, PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { heartbeatTime, warntimeOf } from '../parts/heartbeat.ts';
import { cardsOfVagrant } from '../parts/period-machines.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { errata } from './errata.ts';
import { topology } from './layout.ts';
import { periodFiles } from './period-files.ts';

const servers = ['debian1', 'debian2'];

/** The article's own commands and files. Rendered, not run: no archive holds a box of Debian 4.0. */
export function periodPlan(settings: Settings): Plan {
  return {
    stack: 'heartbeat-etch-apache',
    edition: 'period',
    title: 'Serveur Linux haute disponibilité, on Debian Etch (4.0)',
    introduction: [
      'Rendered, not run: these are the article’s own commands and files. What cannot run as printed is mended and listed as an erratum; everything else is left as it was.',
      'Network cards are eth0, which the clients see, and eth1, which a crossed cable joins to that of the other server. The article names no client.',
      cardsOfVagrant,
    ],
    nodes: topology('period').nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      {
        title: 'How it works',
        articleSection: section.principle,
        text: 'DRBD and heartbeat, a master and a slave: the second server balances no load.',
        steps: [],
      },
      {
        title: 'The machines',
        articleSection: section.background,
        text: 'debian1.morot.local: eth0 192.168.69.14/24, eth1 10.0.0.1/8.\ndebian2.morot.local: eth0 192.168.69.15/24, eth1 10.0.0.2/8.',
        steps: [],
      },
      drbdInstall,
      drbdSetup(settings),
      drbdInit,
      drbdTest,
      heartbeat(settings),
      tests,
      { title: 'Conclusion', articleSection: section.conclusion, steps: [] },
    ],
    errata,
  };
}

const drbdInstall: PlanSection = {
  title: 'Installing the components',
  articleSection: section.drbdInstall,
  steps: [
    packages(servers, ['module-assistant']),
    run(servers, 'Build and install the module', [
      'module-assistant prepare',
      'module-assistant update',
      'module-assistant auto-install drbd0.7-module-source',
    ]),
    run(servers, 'Load it', ['modprobe drbd']),
  ],
};

function drbdSetup(settings: Settings): PlanSection {
  return {
    title: 'Configuring DRBD',
    articleSection: section.drbdSetup,
    steps: [
      file(
        servers,
        '/etc/drbd.conf',
        periodFiles.drbdConf(
          textSetting(settings, 'drbd.protocol'),
          numberSetting(settings, 'drbd.resyncRate'),
        ),
      ),
      run(servers, 'Start DRBD', ['/etc/init.d/drbd start'], {
        why: 'On both servers at once: each waits for the other one.',
      }),
    ],
  };
}

const drbdInit: PlanSection = {
  title: 'Initialising the replicas',
  articleSection: section.drbdInit,
  steps: [
    run(['debian1'], 'See that both are Secondary and Inconsistent', ['dmesg', 'cat /proc/drbd']),
    run(['debian1'], 'Make debian1 the master', ['drbdadm -- --do-what-I-say primary all']),
    run(['debian1'], 'See that the sync has begun', ['cat /proc/drbd']),
    run(['debian2'], 'See the same on debian2', ['dmesg']),
    wait(
      servers,
      'the initial sync to end',
      "cat /proc/drbd; grep -q 'cs:Connected .* ld:Consistent' /proc/drbd",
      {
        why: 'Nine minutes by the article’s listing: 2832888 KB at 5,140 K/sec.',
        timeoutMs: 3_600_000,
      },
    ),
    run(['debian1'], 'See that the replica is consistent', ['cat /proc/drbd']),
  ],
};

const drbdTest: PlanSection = {
  title: 'Validating that it works',
  articleSection: section.drbdTest,
  steps: [
    run(servers, 'Create the mount point', ['mkdir -p /mnt/repl'], {
      why: 'Mended: the article mounts there and never creates it.',
    }),
    run(['debian1'], 'Make the file system and a file on debian1', [
      'mkfs.ext3 /dev/drbd0',
      'mount /dev/drbd0 /mnt/repl',
      'touch /mnt/repl/test',
      'ls /mnt/repl/',
    ]),
    run(['debian1'], 'Make debian1 the slave', ['umount /mnt/repl', 'drbdadm secondary repl'], {
      why: 'Mended: without umount DRBD refuses, for the device is in use.',
    }),
    run(['debian2'], 'Find the file on debian2', [
      'drbdadm primary repl',
      'mount /dev/drbd0 /mnt/repl/',
      'ls /mnt/repl/',
    ]),
    run(['debian2'], 'Leave the device to heartbeat', ['umount /mnt/repl', 'drbdadm secondary repl'], {
      why: 'Mended: as long as debian2 is Primary, heartbeat cannot promote debian1.',
    }),
  ],
};

function heartbeat(settings: Settings): PlanSection {
  const seconds = (name: string): string => heartbeatTime(numberSetting(settings, name));
  return {
    title: 'Installing and configuring heartbeat',
    articleSection: section.heartbeat,
    steps: [
      packages(servers, ['heartbeat']),
      packages(servers, ['apache'], {
        why: 'Mended: haresources starts it, and the article never installs it.',
      }),
      file(servers, '/etc/ha.d/authkeys', periodFiles.authkeys, { mode: 0o600 }),
      run(servers, 'Let nobody else read the key', ['chmod 0600 /etc/ha.d/authkeys']),
      file(
        servers,
        '/etc/ha.d/haresources',
        periodFiles.haresources(textSetting(settings, 'filesystem.options')),
      ),
      file(
        servers,
        '/etc/ha.d/ha.cf',
        periodFiles.haCf(
          {
            autoFailback: flagSetting(settings, 'autoFailback') ? 'on' : 'off',
            keepalive: seconds('keepalive'),
            warntime: heartbeatTime(
              warntimeOf({
                warntime: numberSetting(settings, 'warntime'),
                deadtime: numberSetting(settings, 'deadtime'),
              }),
            ),
            deadtime: seconds('deadtime'),
            initdead: seconds('initdead'),
          },
          textSetting(settings, 'heartbeat.media'),
        ),
      ),
    ],
  };
}

const tests: PlanSection = {
  title: 'Testing',
  articleSection: section.tests,
  steps: [
    run(servers, 'Take Apache out of the boot', ['update-rc.d -f apache remove'], {
      why: 'heartbeat starts it.',
    }),
    run(
      servers,
      'Serve from the replicated device',
      ["sed -i 's#^DocumentRoot .*#DocumentRoot /mnt/repl#' /etc/apache/httpd.conf"],
      {
        why: 'The article says it at the end of this section, without a listing.',
      },
    ),
    run(['debian1'], 'Start heartbeat on the first server', ['/etc/init.d/heartbeat start']),
    run(['debian2'], 'Start heartbeat on the second server', ['/etc/init.d/heartbeat start']),
    run(['debian1'], 'After a few seconds, find the addresses and the file system', [
      'ip addr show eth0',
      'mount',
    ]),
    run(['debian1'], 'Hand the service over', ['/etc/init.d/heartbeat stop']),
  ],
};
