import { RigError } from '../lab/errors.ts';
import { killDaemon } from '../lab/faults/kill-daemon.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** The first daemon that a stack names is its cluster manager. */
export const killDaemonScenario: Scenario = {
  name: 'kill-daemon',
  title: 'The cluster manager of the active server gets SIGKILL; what it managed runs on',
  question: 'What becomes of a service whose manager died without releasing it?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const [manager] = stage.anatomy().daemons;
    if (manager === undefined) throw new RigError('the stack names no daemon');
    const dead = killDaemon(manager);
    await baseline(3000);
    const victim = await active();

    await window(
      {
        name: 'failover',
        title: `${manager.process} of ${victim} is dead`,
        from: victim,
        cause: 'node-lost',
      },
      async () => {
        await inject(dead, victim);
        await stage.observe(2 * stage.detectionMs);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );

    await heal(dead, victim);
    await stage.settled({ timeoutMs: failbackMs });
    await stage.redundant({ timeoutMs: redundancyMs });
    await clientsWrite({ timeoutMs: takeoverMs });
    await caughtUp({ timeoutMs: takeoverMs });
  },

  checks: usualChecks,
};
