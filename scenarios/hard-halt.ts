import { faultsProven } from '../lab/checks/faults-proven.ts';
import { measurementSound } from '../lab/checks/measurement-sound.ts';
import { neverTwoActive } from '../lab/checks/never-two-active.ts';
import { noAcknowledgedWriteLost } from '../lab/checks/no-acknowledged-write-lost.ts';
import { redundancyRestored } from '../lab/checks/redundancy-restored.ts';
import { replicasIdentical } from '../lab/checks/replicas-identical.ts';
import { serviceOnExpectedNode } from '../lab/checks/service-on-expected-node.ts';
import { stallWithinBudget } from '../lab/checks/stall-within-budget.ts';
import { halt } from '../lab/faults/halt.ts';
import type { Scenario } from '../lab/scenario.ts';

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

  checks: [
    faultsProven,
    measurementSound,
    stallWithinBudget,
    noAcknowledgedWriteLost,
    neverTwoActive,
    serviceOnExpectedNode,
    replicasIdentical,
    redundancyRestored,
  ],
};
