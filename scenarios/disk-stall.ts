import { diskStall } from '../lab/faults/disk-stall.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const diskStallScenario: Scenario = {
  name: 'disk-stall',
  title: 'The disk beneath the replica of the active server does not answer, for twice the detection time',
  question: 'Does a cluster notice a server whose disk hangs, or do its clients hang with it?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, window, inject, heal, clientsWrite, caughtUp, ...stage }) {
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const { backingDisk } = stage.anatomy().replication;
    const stalled = diskStall(backingDisk);
    const outageMs = 2 * stage.detectionMs;
    const server = await active();
    await baseline(3000);

    await window(
      { name: 'stall', title: `the disk of ${server} hangs`, from: server, cause: 'none', outageMs },
      async () => {
        const { elapsedMs } = await inject(stalled, server);
        await stage.observe(Math.max(0, outageMs - elapsedMs));
        await heal(stalled, server);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.redundant({ timeoutMs: redundancyMs });
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
