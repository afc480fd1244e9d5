import { powerOff } from '../lab/faults/power-off.ts';
import type { Scenario } from '../lab/scenario.ts';
import { unsuitedWhere } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** Boot and start of everything, on an emulated machine: an allowance, as budgets go. */
const bootMs = 120_000;

export const degradedBoot: Scenario = {
  name: 'degraded-boot',
  title:
    'A server that is alone already loses its power, boots without its peer, and gets the peer back later',
  question: 'Does a server that boots alone serve, and how long does it wait for a peer that does not come?',
  needs: ['power'],
  unsuited: unsuitedWhere(({ fences }) =>
    fences
      ? 'with fencing a server that boots alone waits for its peer for ever, on purpose: it cannot know whether that one serves'
      : undefined,
  ),

  async run({ baseline, active, peerOf, window, inject, heal, serviceOn, clientsWrite, ...stage }) {
    const { bootAlone, replication } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    const peer = peerOf(server);
    const [peersPlug, plug] = [powerOff(), powerOff()];

    await window(
      {
        name: 'loss',
        title: `${peer} has no power`,
        from: server,
        cause: 'none',
        outageMs: replication.silenceMs,
        outageEnds: 'replication-lost',
      },
      async () => {
        await inject(peersPlug, peer);
        await clientsWrite({ timeoutMs: takeoverMs });
        await stage.caughtUp({ timeoutMs: takeoverMs });
      },
    );
    const aloneMs = bootMs + bootAlone.waitMs;
    await window(
      {
        name: 'alone',
        title: `${server} has no power either, then boots alone`,
        from: server,
        cause: 'none',
        outageMs: aloneMs,
        outageEnds: 'service-started',
        waitsFor: bootAlone.from,
      },
      async () => {
        await inject(plug, server);
        await heal(plug, server);
        await serviceOn(server, { timeoutMs: aloneMs + failbackMs });
        await clientsWrite({ timeoutMs: aloneMs });
        await stage.caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await heal(peersPlug, peer);
    await stage.redundant({ timeoutMs: redundancyMs });
    await serviceOn(await stage.settled({ timeoutMs: failbackMs }), { timeoutMs: failbackMs });
    await clientsWrite({ timeoutMs: takeoverMs });
  },

  checks: usualChecks,
};
