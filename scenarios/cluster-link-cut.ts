import { partition } from '../lab/faults/partition.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** With a second path, as heartbeat.media=eth+serial, the servers still hear each other; without one they do not. */
export const clusterLinkCut: Scenario = {
  name: 'cluster-link-cut',
  title: 'The network over which the servers hear each other is cut between them, then whole again',
  question: 'Does the service stay where it is when the servers lose the link between them?',
  needs: ['network-rules'],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { networks, replication, fences } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    const standby = peerOf(server);
    const cut = partition({ networks: networks.heartbeat, peer: standby });
    const replicationCut = networks.heartbeat.includes(networks.replication);

    await window(
      {
        name: 'cut',
        title: `${server} and ${standby} do not hear each other over the network`,
        from: server,
        // One of the two switches the other off, whichever is faster.
        ...(fences
          ? { cause: 'node-lost' }
          : {
              cause: 'none',
              ...(replicationCut ? { outageMs: replication.silenceMs, outageEnds: 'replication-lost' } : {}),
            }),
      },
      async () => {
        await inject(cut, server);
        await stage.observe(2 * stage.detectionMs);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );
    await window(
      { name: 'return', title: 'the network is whole again', from: server, cause: 'none' },
      async () => {
        await heal(cut, server);
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    if (fences) await stage.settled({ timeoutMs: failbackMs });
    else await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
