import { linkCut } from '../lab/faults/link-cut.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const serviceCableCut: Scenario = {
  name: 'service-cable-cut',
  title: 'Every cable of the active server to its clients is out until the other one serves, then in again',
  question: 'Does a server that its clients cannot reach lose the service, and does it give it up?',
  needs: ['link'],
  unsuited: withoutAnatomy,

  async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const victim = await active();
    await baseline(3000);
    const cables = stage.nicsOf(victim, stage.anatomy().networks.service).map((nic) => linkCut(nic));

    await window(
      {
        name: 'failover',
        title: `${victim} has no cable to its clients`,
        from: victim,
        cause: 'node-lost',
      },
      async () => {
        for (const cable of cables) await inject(cable, victim);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );

    await window(
      { name: 'return', title: `${victim} is back`, from: stage.peerOf(victim), cause: 'planned' },
      async () => {
        for (const cable of [...cables].reverse()) await heal(cable, victim);
        await stage.observe(stage.detectionMs);
        await stage.settled({ timeoutMs: failbackMs });
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
  },

  checks: usualChecks,
};
