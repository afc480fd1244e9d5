import type { Anatomy, Daemon } from '../lab/anatomy.ts';
import { RigError } from '../lab/errors.ts';
import { killDaemon } from '../lab/faults/kill-daemon.ts';
import type { Scenario, WindowRequest } from '../lab/scenario.ts';
import { unsuitedWhere } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** One run for each daemon: what dies, what the death is to its peer, and what is asked. */
interface Death {
  name: string;
  process: string;
  signal?: 'KILL' | 'STOP';
  /** Its peer takes the node for lost; otherwise the service should go on where it is. */
  cause: Extract<WindowRequest['cause'], 'node-lost' | 'none'>;
  title: string;
  question: string;
}

const deaths: readonly Death[] = [
  {
    name: 'kill-heartbeat',
    process: 'heartbeat',
    cause: 'node-lost',
    title: 'Heartbeat of the active server gets SIGKILL; what it managed runs on',
    question: 'What becomes of a service whose manager died without releasing it?',
  },
  {
    name: 'hang-heartbeat',
    process: 'heartbeat',
    signal: 'STOP',
    cause: 'node-lost',
    title:
      'Heartbeat of the active server gets SIGSTOP, and SIGCONT when the other one has had time to take over',
    question: 'What becomes of a service whose manager stands still, and wakes up as if nothing had been?',
  },
  {
    name: 'kill-corosync',
    process: 'corosync',
    cause: 'node-lost',
    title: 'Corosync of the active server gets SIGKILL; what Pacemaker managed there runs on',
    question: 'What becomes of a service whose server has left the membership without a word?',
  },
  {
    name: 'kill-pacemakerd',
    process: 'pacemakerd',
    cause: 'none',
    title: 'Pacemakerd of the active server gets SIGKILL; the daemons it watches over run on',
    question: 'Do clients notice that the first process of Pacemaker died and came back?',
  },
  {
    name: 'kill-mountd',
    process: 'rpc.mountd',
    cause: 'none',
    title: 'Rpc.mountd of the active server gets SIGKILL, and is started again later',
    question: 'Do clients that have mounted already notice that nobody can mount any more?',
  },
  {
    name: 'kill-apache',
    process: 'apache2',
    cause: 'none',
    title: 'Apache of the active server gets SIGKILL, and is started again later',
    question: 'Does the cluster notice that the service itself is dead, while the server is well?',
  },
  {
    name: 'kill-tgtd',
    process: 'tgtd',
    cause: 'none',
    title: 'The iSCSI target of the active server gets SIGKILL, and is started again later',
    question: 'Does the cluster notice that the target is dead, while the server is well?',
  },
];

export const killDaemonScenarios: readonly Scenario[] = deaths.map(scenarioOf);

function scenarioOf({ name, process, signal = 'KILL', cause, title, question }: Death): Scenario {
  const gone = signal === 'KILL' ? 'dead' : 'stopped';
  return {
    name,
    title,
    question,
    needs: [],
    unsuited: unsuitedWhere((anatomy, { stack }) =>
      daemonOf(anatomy, process) === undefined ? `nothing of ${stack.name} is called ${process}` : undefined,
    ),

    async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
      const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
      const daemon = daemonOf(stage.anatomy(), process);
      if (daemon === undefined) throw new RigError(`the stack has no daemon ${process}`);
      const fault = killDaemon(daemon, signal);
      const server = await active();
      await baseline(3000);

      await window(
        { name: 'failure', title: `${process} of ${server} is ${gone}`, from: server, cause },
        async () => {
          await inject(fault, server);
          await stage.observe(2 * stage.detectionMs);
          if (cause === 'node-lost') await clientsWrite({ timeoutMs: takeoverMs });
        },
      );

      await heal(fault, server);
      await clientsWrite({ timeoutMs: takeoverMs });
      await stage.settled({ timeoutMs: failbackMs });
      await stage.redundant({ timeoutMs: redundancyMs });
      await caughtUp({ timeoutMs: takeoverMs });
    },

    checks: usualChecks,
  };
}

function daemonOf({ daemons }: Anatomy, process: string): Daemon | undefined {
  return daemons.find((each) => each.process === process);
}
