import type { PlanSection, RunStep } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { corosyncConf } from '../parts/corosync.ts';
import { fenceAgentSteps } from '../parts/fencing.ts';
import { mendAgent } from '../parts/nfsserver-agent.ts';
import { cibXml } from '../parts/pacemaker-cib.ts';
import { file, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, topology } from './layout.ts';
import { clusterConfiguration, firstPlace } from './resources.ts';
import { fences } from './settings.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const nodes = servers.map((name, n) => ({
  id: n + 1,
  name,
  address: addressOn(machines, name, 'cluster'),
}));
const first = layout.preferred;
const standbys = servers.filter((name) => name !== first);

/** Corosync, the agent, Pacemaker. */
export function clusterSections(settings: Settings): PlanSection[] {
  return [corosync(settings), agent(), ...(fences(settings) ? [fencing()] : []), pacemaker(settings)];
}

function corosync(settings: Settings): PlanSection {
  const start = flagSetting(settings, 'autostart')
    ? run(servers, 'Start Pacemaker, now and at every boot', [
        'systemctl enable --no-reload pacemaker.service',
        'systemctl start pacemaker.service',
      ])
    : run(servers, 'Start Pacemaker', ['systemctl start pacemaker.service']);
  return {
    title: 'Corosync',
    articleSection: section.corosync,
    text: 'Starting Pacemaker starts Corosync.',
    steps: [
      run(servers, 'Create the folder of the article’s log file', [`mkdir -p ${dirOf(layout.corosyncLog)}`]),
      file(
        servers,
        '/etc/corosync/corosync.conf',
        corosyncConf({
          clusterName: 'lab',
          tokenMs: numberSetting(settings, 'token'),
          nodes,
          logFile: layout.corosyncLog,
          facility: 'local0',
        }),
        {
          why: 'Each server has a name, or Pacemaker must guess it; the log goes to syslog as well, which stamps it to the microsecond. rrp_mode is gone, bindnetaddr and mcastaddr say nothing to udpu with a list of nodes.',
        },
      ),
      file(servers, '/etc/default/pacemaker', 'PCMK_logfacility=local0\n'),
      start,
      wait(
        servers,
        'both servers to be online',
        `crm_mon -1; crm_mon -1 | grep -q 'Online: \\[ ${servers.join(' ')} \\]'`,
      ),
    ],
  };
}

function agent(): PlanSection {
  return {
    title: 'The agent of the NFS server',
    articleSection: section.monitorStarts,
    text: 'The agent of CentOS 7.2 started the NFS server when it was only to look whether one runs. Where the installed one does that, it is patched as in the article; what was found is in the log, and with the versions of every record.',
    steps: [
      run(servers, 'Find out whether monitor of the agent starts daemons', mendAgent(layout.nfsserverAgent), {
        why: 'The article comes to it last; here it is done before the resources are, so that no look at the standby can start a second server.',
      }),
    ],
  };
}

function fencing(): PlanSection {
  return {
    title: 'Fencing',
    text: 'Not in the article. A server that is declared lost is powered off and on before the other one takes its resources, so that it cannot write any more, whatever it is doing. The host does it; each server has a port that leads there and needs no network.',
    steps: fenceAgentSteps(servers),
  };
}

function pacemaker(settings: Settings): PlanSection {
  const { device, mountPoint, nic, service, cib } = layout;
  const exported = textSetting(settings, 'nfsserver') === 'cloned' ? mountPoint : layout.exported;
  return {
    title: 'Pacemaker',
    articleSection: section.pacemaker,
    text: 'The properties, defaults, resources and constraints of the article as one file, verified, then pushed as a whole: nothing starts before all of its constraints are known.',
    steps: [
      file([first], cib, cibXml(clusterConfiguration(settings, nodes)), {
        why: 'The DRBD resource is called promotable now and its roles Promoted and Unpromoted. The group is placed with the Promoted instance, not the other way round as in the article.',
      }),
      verifyAndPush(settings),
      wait(
        [first],
        'the service to run',
        `crm_mon -1; grep -q '^${exported}[[:space:]]' /var/lib/nfs/etab && ` +
          `ip -4 -o addr show dev ${nic} | grep -q ' ${service}/' && ` +
          `grep -q '^${device} ${mountPoint} ' /proc/mounts && ` +
          '[ "$(cat /proc/fs/nfsd/threads)" -gt 0 ]',
        { timeoutMs: 300_000 },
      ),
      run(
        [first],
        'Forget where it was to come up',
        [`cibadmin --delete --xml-text '<rsc_location id="${firstPlace}"/>'`],
        {
          why: `The article’s service happens to come up on ${first}; here a constraint saw to it. Without it nothing prefers a server, as in the article.`,
        },
      ),
      wait(
        standbys,
        'the standby to hold nothing',
        `cat /proc/drbd; grep -q ' ds:UpToDate/UpToDate ' /proc/drbd && ! ip -4 -o addr show dev ${nic} | grep -q ' ${service}/' && ! grep -q '^${device} ' /proc/mounts`,
      ),
      wait([first], 'Pacemaker to have nothing left to do', idleCommand, {
        why: 'The article delays the first monitors, that of DRBD by a minute. Until it has reported, Pacemaker’s transition is under way, and a failure in that minute would have to wait for it.',
        timeoutMs: 180_000,
      }),
    ],
  };
}

function verifyAndPush(settings: Settings): RunStep {
  const push = `cibadmin --replace --scope configuration --xml-file ${layout.cib}`;
  return fences(settings)
    ? run(
        [first],
        'Verify it and push it',
        [
          `sed '/name="stonith-enabled"/s/value="true"/value="false"/' ${layout.cib} | crm_verify --xml-pipe`,
          push,
        ],
        {
          why: 'The file knows nothing of the servers’ state. With STONITH on, crm_verify would warn that both have to be fenced, since neither was ever seen.',
        },
      )
    : run([first], 'Verify it and push it', [`crm_verify --xml-file ${layout.cib}`, push]);
}

/** Ends with status 0 when the designated controller has nothing to do. */
const idleCommand =
  'dc=$(crmadmin -q -D 2>&1); state=$(crmadmin -S "$dc" 2>&1); echo "$dc: $state"; case "$state" in *S_IDLE*) ;; *) false ;; esac';

function dirOf(path: string): string {
  return path.replace(/\/[^/]*$/, '');
}
