import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { serversOf } from '../../lab/topology.ts';
import { seeEachOther, startClusterSteps } from '../parts/heartbeat-steps.ts';
import { run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, topology } from './layout.ts';

const servers = serversOf(topology('current')).map((node) => node.name);
const [first = '', second = ''] = servers;
const { device, mountPoint, vm } = layout;
const script = `/etc/ha.d/resource.d/vm ${vm}`;

/** heartbeat is started, and the virtual machine has to run on the first server alone. */
export function firstLook(settings: Settings): PlanSection {
  const mounted = `grep -q '^${device} ${mountPoint} ' /proc/mounts`;
  const byHand = [
    wait([first], `${mountPoint} to be mounted`, `cat /proc/mounts; ${mounted}`, { timeoutMs: 300_000 }),
    run([first], `Start ${vm} by hand`, [`${script} start`], {
      why: 'vm.autostart=off, the article’s form: heartbeat moves the disk and starts nothing, neither now nor after a takeover.',
      timeoutMs: 300_000,
    }),
  ];
  return {
    title: 'First look',
    articleSection: section.trouble,
    text: `${first} must then run ${vm}, ${second} nothing. When the cable between the servers breaks, both will run it, as the article says, and the two mirrors part: each then holds writes that the other one lacks.`,
    steps: [
      ...startClusterSteps(servers),
      ...seeEachOther(servers),
      ...(flagSetting(settings, 'vm.autostart') ? [] : byHand),
      wait([first], `${vm} to serve`, `tail -n 3 ${layout.haLog}; ${script} status && ${mounted}`, {
        timeoutMs: 300_000,
      }),
      wait(
        servers,
        `${vm} to answer`,
        `perl -e 'use IO::Socket::INET; IO::Socket::INET->new(PeerAddr => "${layout.service}", PeerPort => ${String(layout.port)}, Timeout => 5) or die "$@\\n"'`,
        { timeoutMs: 300_000 },
      ),
      wait(
        [second],
        'the standby to hold nothing',
        `cat /proc/drbd; ! ${script} status && ! grep -q '^${device} ' /proc/mounts`,
      ),
    ],
  };
}
