import { delayed } from '../lab/faults/slow-link.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

const delayMs = 100;
const slowMs = 15_000;

export const slowReplication: Scenario = {
  name: 'slow-replication',
  title: `Frames between the servers are late by ${String(delayMs)} ms each way`,
  question: 'What does a slow line between the servers cost every write, and does it move the service?',
  needs: ['network-rules'],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    const networks = [stage.anatomy().networks.replication];
    const slow = delayed({ networks, peer: peerOf(server) }, { delayMs });

    await window(
      { name: 'slow', title: 'the line between the servers is slow', from: server, cause: 'none' },
      async () => {
        await inject(slow, server);
        await stage.observe(slowMs);
      },
    );
    await heal(slow, server);
    await clientsWrite({ timeoutMs: takeoverMs });
    await caughtUp({ timeoutMs: takeoverMs });
    await stage.redundant({ timeoutMs: redundancyMs });
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
