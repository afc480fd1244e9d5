import { diskError } from '../lab/faults/disk-error.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

export const diskErrorScenario: Scenario = {
  name: 'disk-error',
  title: 'The disk beneath the replica of the active server fails, then works again and is taken back',
  question: 'Does the service outlive the disk of the server that it runs on, and at what cost?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({
    baseline,
    active,
    peerOf,
    window,
    inject,
    heal,
    see,
    order,
    clientsWrite,
    caughtUp,
    ...stage
  }) {
    const { replication } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const broken = diskError(replication.backingDisk);
    const server = await active();
    await baseline(3000);

    await window(
      { name: 'failure', title: `the disk of ${server} fails`, from: server, cause: 'none' },
      async () => {
        await inject(broken, server);
        await see(
          {
            node: peerOf(server),
            what: 'the other server to know of a lost disk',
            command: replication.stateCommand,
            prints: /ds:UpToDate\/(Diskless|Failed)/,
          },
          { timeoutMs: takeoverMs },
        );
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await window(
      { name: 'resync', title: `${server} takes its disk back`, from: server, cause: 'none' },
      async () => {
        await heal(broken, server);
        await order(replication.reattach(server));
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
