import { partition } from '../lab/faults/partition.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const oneWayCut: Scenario = {
  name: 'one-way-cut',
  title: 'The standby hears nothing of the active server, which hears the standby well',
  question: 'Does half a connection make two servers serve?',
  needs: ['network-rules'],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, ...stage }) {
    const { networks } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    const standby = peerOf(server);
    const all = [...new Set([networks.service, networks.replication, ...networks.heartbeat])];
    const cut = partition({ networks: all, peer: standby, direction: 'out' });

    await window(
      { name: 'cut', title: `${standby} hears nothing of ${server}`, from: server, cause: 'node-lost' },
      async () => {
        await inject(cut, server);
        await stage.observe(2 * stage.detectionMs);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );
    await heal(cut, server);
    await stage.settled({ timeoutMs: failbackMs });
    await stage.redundant({ timeoutMs: redundancyMs });
    await clientsWrite({ timeoutMs: takeoverMs });
  },

  checks: usualChecks,
};
