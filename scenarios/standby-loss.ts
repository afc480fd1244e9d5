import { powerOff } from '../lab/faults/power-off.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

const plug = powerOff();

export const standbyLoss: Scenario = {
  name: 'standby-loss',
  title: 'The standby loses its power while clients write, then gets it back',
  question: 'Do clients notice the loss of a server that does not serve them?',
  needs: plug.needs,
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    const victim = peerOf(server);

    await window(
      {
        name: 'loss',
        title: `${victim} has no power`,
        from: server,
        cause: 'none',
        // A write is acknowledged when both replicas have it, until the missing one is given up.
        outageMs: stage.anatomy().replication.silenceMs,
        outageEnds: 'replication-lost',
      },
      async () => {
        await inject(plug, victim);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );

    await window(
      { name: 'rejoin', title: `${victim} has power again`, from: server, cause: 'none' },
      async () => {
        await heal(plug, victim);
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
