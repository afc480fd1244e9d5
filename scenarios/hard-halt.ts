import { halt } from '../lab/faults/halt.ts';
import type { Scenario } from '../lab/scenario.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const hardHalt: Scenario = {
  name: 'hard-halt',
  title: 'The active server is halted with halt -f while clients write, then comes back',
  question: 'How long do clients wait when the active server dies, and when it comes back?',
  needs: halt.needs,

  async run({
    baseline,
    active,
    peerOf,
    window,
    inject,
    heal,
    clientsWrite,
    redundant,
    serviceOn,
    caughtUp,
    ...stage
  }) {
    const victim = await active();
    await baseline(3000);

    await window(
      { name: 'failover', title: `${victim} is halted`, from: victim, cause: 'node-lost' },
      async () => {
        await inject(halt, victim);
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
      },
    );

    await window(
      {
        name: stage.failsBack ? 'failback' : 'rejoin',
        title: `${victim} comes back`,
        from: peerOf(victim),
        cause: stage.failsBack ? 'planned' : 'none',
      },
      async () => {
        await heal(halt, victim);
        await redundant({ timeoutMs: stage.patience.redundancyMs });
        await serviceOn(stage.failsBack ? victim : peerOf(victim), { timeoutMs: stage.patience.failbackMs });
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
        await caughtUp({ timeoutMs: stage.patience.takeoverMs });
      },
    );
  },

  checks: usualChecks,
};
