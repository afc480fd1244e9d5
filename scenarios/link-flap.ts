import { linkCut } from '../lab/faults/link-cut.ts';
import type { Scenario } from '../lab/scenario.ts';
import { usualChecks } from './parts/usual-checks.ts';

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

  checks: usualChecks,
};
