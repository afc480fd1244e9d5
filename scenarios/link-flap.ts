import { faultsProven } from '../lab/checks/faults-proven.ts';
import { measurementSound } from '../lab/checks/measurement-sound.ts';
import { neverTwoActive } from '../lab/checks/never-two-active.ts';
import { noAcknowledgedWriteLost } from '../lab/checks/no-acknowledged-write-lost.ts';
import { redundancyRestored } from '../lab/checks/redundancy-restored.ts';
import { replicasIdentical } from '../lab/checks/replicas-identical.ts';
import { serviceOnExpectedNode } from '../lab/checks/service-on-expected-node.ts';
import { stallWithinBudget } from '../lab/checks/stall-within-budget.ts';
import { linkCut } from '../lab/faults/link-cut.ts';
import type { Scenario } from '../lab/scenario.ts';

const cable = linkCut('eth1');

export const linkFlap: Scenario = {
  name: 'link-flap',
  title: 'The link of the active server is out for half the time in which the cluster would declare it dead',
  question: 'Does a short loss of link pass without a failover, and how long do clients wait?',
  needs: cable.needs,

  async run({
    baseline,
    active,
    window,
    inject,
    heal,
    observe,
    clientsWrite,
    serviceOn,
    redundant,
    caughtUp,
    ...stage
  }) {
    const victim = await active();
    await baseline(3000);
    const outageMs = stage.detectionMs / 2;

    await window(
      { name: 'outage', title: `the link of ${victim} is out`, from: victim, cause: 'none', outageMs },
      async () => {
        const { elapsedMs } = await inject(cable, victim);
        await observe(Math.max(0, outageMs - elapsedMs));
        await heal(cable, victim);
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
        await caughtUp({ timeoutMs: stage.patience.takeoverMs });
      },
    );
    await redundant({ timeoutMs: stage.patience.redundancyMs });
    await serviceOn(victim, { timeoutMs: stage.patience.failbackMs });
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
