import { stopService } from '../lab/faults/stop-service.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** In the article on CentOS 7 the returning server looked at its NFS server, and thereby started a second one. */
export const rejoin: Scenario = {
  name: 'rejoin',
  title: 'The standby leaves the cluster in order and comes back, while clients write',
  question: 'Do clients notice that a server which does not serve them goes and comes back?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const stopped = stopService(stage.anatomy().clusterService);
    const server = await active();
    await baseline(3000);
    const standby = peerOf(server);

    await window(
      { name: 'leave', title: `${standby} leaves the cluster`, from: server, cause: 'none' },
      async () => {
        await inject(stopped, standby);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );
    await window(
      { name: 'rejoin', title: `${standby} is in the cluster again`, from: server, cause: 'none' },
      async () => {
        await heal(stopped, standby);
        await stage.redundant({ timeoutMs: redundancyMs });
        await stage.observe(stage.detectionMs);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
