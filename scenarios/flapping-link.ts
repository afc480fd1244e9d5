import { flap } from '../lab/faults/flap.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const flappingLink: Scenario = {
  name: 'flapping-link',
  title: 'The cable of the active server is loose: out and in, each for a quarter of the detection time',
  question: 'Does a loose cable move the service back and forth?',
  needs: ['link'],
  unsuited: withoutAnatomy,

  async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const quarterMs = stage.detectionMs / 4;
    const outageMs = 2 * stage.detectionMs;
    const server = await active();
    await baseline(3000);
    const [nic = ''] = stage.nicsOf(server, stage.anatomy().networks.service);
    const loose = flap(nic, { outMs: quarterMs, inMs: quarterMs });

    await window(
      {
        name: 'flapping',
        title: `${nic} of ${server} is loose`,
        from: server,
        cause: 'none',
        outageMs,
        eachOutageMs: quarterMs,
      },
      async () => {
        const { elapsedMs } = await inject(loose, server);
        await stage.observe(Math.max(0, outageMs - elapsedMs));
        await heal(loose, server);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.redundant({ timeoutMs: redundancyMs });
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
