import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { drbdResource } from '../parts/drbd.ts';
import { firstStart } from '../parts/drbd-start.ts';
import { timesOf, wholeMessagesStep } from '../parts/heartbeat-steps.ts';
import { crcAuthKeys, haCf, haResources } from '../parts/heartbeat.ts';
import { usedDevice } from '../parts/loop-disk.ts';
import { file, packages, run } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, topology } from './layout.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const [first = ''] = servers;
const { crossoverNic, device, mountPoint, resource } = layout;

/** DRBD and heartbeat, in the order of the article; heartbeat is started when there is something to manage. */
export function clusterSections(settings: Settings): PlanSection[] {
  return [drbd(settings), heartbeat(settings)];
}

function drbd(settings: Settings): PlanSection {
  return {
    title: 'DRBD',
    articleSection: section.drbd,
    text: `The kernel brings the module of DRBD 8.4; nothing is compiled. Over the cable between the servers, with meta-data inside the device, as in the article. ${first} becomes the main server.`,
    steps: [
      packages(servers, ['drbd-utils']),
      run(servers, 'Load the module', ['modprobe drbd']),
      file(
        servers,
        `/etc/drbd.d/${resource}.res`,
        drbdResource({
          name: resource,
          device,
          disk: usedDevice({ device: '/dev/loop0', covered: layout.dataDisk }),
          metaDisk: 'internal',
          protocol: textSetting(settings, 'drbd.protocol'),
          resyncRateMib: numberSetting(settings, 'drbd.resyncRate'),
          nodes: servers.map((name) => ({
            name,
            address: addressOn(machines, name, 'crossover'),
            port: layout.drbdPort,
          })),
          init: {},
        }),
      ),
      ...firstStart(servers, layout),
    ],
  };
}

function heartbeat(settings: Settings): PlanSection {
  const started = flagSetting(settings, 'vm.autostart') ? [['vm', layout.vm]] : [];
  return {
    title: 'heartbeat',
    articleSection: section.heartbeat,
    text: 'heartbeat 3.0.6 still manages resources by itself, from haresources, as in the article. ha.cf names the other server, so it is not the same on both.',
    steps: [
      packages(servers, ['heartbeat']),
      wholeMessagesStep(servers),
      ...servers.map((name) =>
        file(
          [name],
          '/etc/ha.d/ha.cf',
          haCf({
            ...timesOf(settings),
            peer: { nic: crossoverNic, address: addressOn(machines, peerOf(name), 'crossover') },
            nodes: servers,
          }),
          { why: 'The times are heartbeat’s own defaults, which the article leaves unsaid.' },
        ),
      ),
      file(
        servers,
        '/etc/ha.d/haresources',
        haResources(layout.preferred, [
          ['drbddisk', resource],
          ['Filesystem', device, mountPoint, 'ext4'],
          ...started,
        ]),
        {
          why: 'ext4: the ext3 driver of the article is gone from the kernel. The last resource is what the article forgets: it starts and stops the virtual machine.',
        },
      ),
      file(servers, '/etc/ha.d/authkeys', crcAuthKeys, {
        mode: 0o600,
        why: 'As in the article: a check sum, which keeps nobody out. Only the cable between the servers makes it bearable.',
      }),
      run(servers, `Create ${mountPoint}`, [`mkdir -p ${mountPoint}`]),
    ],
  };
}

function peerOf(name: string): string {
  return servers.find((each) => each !== name) ?? '';
}
