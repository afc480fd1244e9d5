import { powerOff } from '../lab/faults/power-off.ts';
import type { Scenario } from '../lab/scenario.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** Boot of both, the wait of heartbeat for its peer, and a takeover, on emulated machines: an allowance, as budgets go. */
const downMs = 240_000;

export const bothServersDown: Scenario = {
  name: 'both-servers-down',
  title: 'Both servers lose their power at once and get it back at once',
  question: 'Does the cluster come back by itself from nothing, with every acknowledged write?',
  needs: ['power'],

  async run({ baseline, active, peerOf, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const first = await active();
    await baseline(3000);
    const second = peerOf(first);
    const [plug, otherPlug] = [powerOff(), powerOff()];

    await window(
      {
        name: 'outage',
        title: 'both servers have no power',
        from: first,
        cause: 'none',
        outageMs: downMs,
        outageEnds: 'service-started',
      },
      async () => {
        await Promise.all([inject(plug, first), inject(otherPlug, second)]);
        await Promise.all([heal(otherPlug, second), heal(plug, first)]);
        await stage.settled({ timeoutMs: failbackMs });
        await clientsWrite({ timeoutMs: takeoverMs + downMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.redundant({ timeoutMs: redundancyMs });
    if (stage.failsBack) await stage.serviceOn(first, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
