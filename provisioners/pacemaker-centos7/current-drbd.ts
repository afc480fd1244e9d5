import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { drbdResource } from '../parts/drbd.ts';
import { equalReplicas } from '../parts/drbd-start.ts';
import { coverCommands, createImages, loopDiskUnit, usedDevice } from '../parts/loop-disk.ts';
import { file, run } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, topology } from './layout.ts';
import { drbdFencing } from './settings.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const first = layout.preferred;
const { device, mountPoint, resource } = layout;

export function drbdSection(settings: Settings): PlanSection {
  const disks = [
    {
      device: layout.loop,
      image: layout.dataImage,
      sizeMib: numberSetting(settings, 'drbd.size'),
      covered: layout.dataDisk,
    },
  ];
  const attach = flagSetting(settings, 'autostart')
    ? [
        file(
          servers,
          '/etc/systemd/system/lab-loop-disks.service',
          loopDiskUnit(disks, ['pacemaker.service']),
          {
            why: 'The article attaches the loop device by hand after every boot; a server that comes back must find its disk before Pacemaker starts DRBD.',
          },
        ),
        run(servers, 'Attach the loop device, now and at every boot', [
          'systemctl enable --no-reload lab-loop-disks.service',
          'systemctl start lab-loop-disks.service',
        ]),
      ]
    : [
        run(servers, 'Attach the loop device', [
          'modprobe -a loop dm-mod',
          `losetup ${layout.loop} ${layout.dataImage}`,
          ...coverCommands(disks),
        ]),
      ];
  return {
    title: 'DRBD',
    articleSection: section.drbd,
    text: 'DRBD replicates a file behind a loop device and keeps its meta-data at the end of it. A linear device-mapper device covers the loop device, so that it can be made to fail or to stall. It is set up once by hand; from then on Pacemaker starts it.',
    steps: [
      run(servers, 'Create the file', createImages(disks), {
        why: 'Sparse: what was never written reads as zeroes on both servers, so the devices are equal from the start.',
      }),
      ...attach,
      file(
        servers,
        `/etc/drbd.d/${resource}.res`,
        drbdResource({
          name: resource,
          device,
          disk: usedDevice({ device: layout.loop, covered: layout.dataDisk }),
          metaDisk: 'internal',
          protocol: textSetting(settings, 'drbd.protocol'),
          resyncRateMib: numberSetting(settings, 'drbd.resyncRate'),
          fencing: drbdFencing(settings),
          nodes: servers.map((name) => ({
            name,
            address: addressOn(machines, name, 'cluster'),
            port: layout.port,
          })),
        }),
      ),
      ...equalReplicas(
        servers,
        layout,
        'Fresh files, all zeroes on both servers: the initial sync that follows the article’s primary --force would copy every block of them.',
      ),
      run([first], 'Make the file system', [`drbdadm primary ${resource}`, `mkfs.xfs -q -K ${device}`], {
        why: 'XFS, as in the article. -K: nothing is to be discarded on a fresh file.',
      }),
      run(servers, `Create ${mountPoint}`, [`mkdir -p ${mountPoint}`]),
      run(
        [first],
        'Create the directory to export and that for the state of NFS',
        [
          `mount -t xfs ${device} ${mountPoint}`,
          `mkdir -p ${layout.exported}/${layout.recordsFolder} ${layout.infoDirectory}/sm ${layout.infoDirectory}/sm.bak`,
          `touch ${layout.infoDirectory}/state`,
          `chown -R statd ${layout.infoDirectory}/sm ${layout.infoDirectory}/sm.bak ${layout.infoDirectory}/state`,
          `umount ${mountPoint}`,
          `drbdadm secondary ${resource}`,
        ],
        {
          why: 'statd of Debian runs as the owner of these files; the agent knows only rpcuser, the name it has on CentOS, and without them the "locking daemons" do not start.',
        },
      ),
      run(servers, 'Take DRBD down', [`drbdadm down ${resource}`], { why: 'Pacemaker starts it.' }),
    ],
  };
}
