import { freeze } from '../lab/faults/freeze.ts';
import type { Scenario } from '../lab/scenario.ts';
import { usualChecks } from './parts/usual-checks.ts';

const still = freeze();

export const freezeAndThaw: Scenario = {
  name: 'freeze-and-thaw',
  title:
    'The active server stands still until the other one has taken over, then goes on as if nothing had been',
  question: 'What does a server do that comes back from a freeze and still takes itself for the active one?',
  needs: still.needs,

  async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const victim = await active();
    await baseline(3000);

    await window(
      { name: 'failover', title: `${victim} is frozen`, from: victim, cause: 'node-lost' },
      async () => {
        await inject(still, victim);
        await clientsWrite({ timeoutMs: takeoverMs });
      },
    );

    await window(
      { name: 'return', title: `${victim} goes on`, from: stage.peerOf(victim), cause: 'planned' },
      async () => {
        await heal(still, victim);
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
