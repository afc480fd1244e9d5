import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { withoutFault } from './parts/usual-checks.ts';

export const plannedSwitchover: Scenario = {
  name: 'planned-switchover',
  title: 'An operator moves the service to the other server and back again, while clients write',
  question: 'What does maintenance cost the clients, each way?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, order, serviceOn, clientsWrite, caughtUp, ...stage }) {
    const { standby, takeover, forget } = stage.anatomy().moves;
    const { takeoverMs, failbackMs } = stage.patience;
    const first = await active();
    await baseline(3000);
    const second = peerOf(first);

    await window(
      { name: 'there', title: `${first} gives the service away`, from: first, cause: 'planned' },
      async () => {
        await order(standby(first));
        await serviceOn(second, { timeoutMs: failbackMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );

    await window(
      { name: 'back', title: `${first} asks for the service`, from: second, cause: 'planned' },
      async () => {
        await order(takeover(first, second));
        await serviceOn(first, { timeoutMs: failbackMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    if (forget !== undefined) await order(forget(first));
    await stage.redundant({ timeoutMs: stage.patience.redundancyMs });
  },

  checks: withoutFault,
};
