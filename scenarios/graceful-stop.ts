import { stopService } from '../lab/faults/stop-service.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** The articles' own test: stop heartbeat on the first server, look, start it again, look. */
export const gracefulStop: Scenario = {
  name: 'graceful-stop',
  title: 'The cluster service of the active server is stopped in order, then started again',
  question: 'How long do clients wait when a server is taken out in order, and when it comes back?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, serviceOn, clientsWrite, ...stage }) {
    const first = await active();
    await baseline(3000);
    const second = peerOf(first);
    const stopped = stopService(stage.anatomy().clusterService);

    await window(
      { name: 'handover', title: `${first} leaves the cluster`, from: first, cause: 'planned' },
      async () => {
        await inject(stopped, first);
        await serviceOn(second, { timeoutMs: stage.patience.takeoverMs });
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
        await stage.caughtUp({ timeoutMs: stage.patience.takeoverMs });
      },
    );

    await window(
      {
        name: stage.failsBack ? 'failback' : 'rejoin',
        title: `${first} is in the cluster again`,
        from: second,
        cause: stage.failsBack ? 'planned' : 'none',
      },
      async () => {
        await heal(stopped, first);
        await stage.redundant({ timeoutMs: stage.patience.redundancyMs });
        await serviceOn(stage.failsBack ? first : second, { timeoutMs: stage.patience.failbackMs });
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
        await stage.caughtUp({ timeoutMs: stage.patience.takeoverMs });
      },
    );
  },

  checks: usualChecks,
};
