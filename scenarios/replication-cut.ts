import { portCut } from '../lab/faults/port-cut.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const replicationCut: Scenario = {
  name: 'replication-cut',
  title: 'The replicas are cut off from each other, while the servers still hear each other',
  question: 'Does the loss of replication alone leave the service where it is, and how long do clients wait?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { tcpPort, silenceMs } = stage.anatomy().replication;
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const cut = portCut(tcpPort);
    const server = await active();
    await baseline(3000);
    const standby = peerOf(server);

    await window(
      {
        name: 'cut',
        title: `${standby} hears nothing of the replication`,
        from: server,
        cause: 'none',
        outageMs: silenceMs,
        outageEnds: 'replication-lost',
      },
      async () => {
        await inject(cut, standby);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );

    await window(
      { name: 'resync', title: 'the replicas meet again', from: server, cause: 'none' },
      async () => {
        await heal(cut, standby);
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
