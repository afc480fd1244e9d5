import { powerOff } from '../lab/faults/power-off.ts';
import type { Scenario } from '../lab/scenario.ts';
import { usualChecks } from './parts/usual-checks.ts';

const plug = powerOff();

export const powerCut: Scenario = {
  name: 'power-cut',
  title: 'The active server loses its power while clients write, then gets it back',
  question: 'Is anything lost that the active server had in memory when its power went?',
  needs: plug.needs,

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, ...stage }) {
    const victim = await active();
    await baseline(3000);
    const peer = peerOf(victim);

    await window(
      { name: 'failover', title: `${victim} has no power`, from: victim, cause: 'node-lost' },
      async () => {
        await inject(plug, victim);
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
      },
    );

    await window(
      {
        name: stage.failsBack ? 'failback' : 'rejoin',
        title: `${victim} has power again`,
        from: peer,
        cause: stage.failsBack ? 'planned' : 'none',
      },
      async () => {
        await heal(plug, victim);
        await stage.redundant({ timeoutMs: stage.patience.redundancyMs });
        await stage.serviceOn(stage.failsBack ? victim : peer, { timeoutMs: stage.patience.failbackMs });
        await clientsWrite({ timeoutMs: stage.patience.takeoverMs });
        await stage.caughtUp({ timeoutMs: stage.patience.takeoverMs });
      },
    );
  },

  checks: usualChecks,
};
