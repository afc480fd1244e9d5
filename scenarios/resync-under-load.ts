import { portCut } from '../lab/faults/port-cut.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

/** What the standby misses and has to be given, besides the clients' own writes. */
const missedMib = 24;

export const resyncUnderLoad: Scenario = {
  name: 'resync-under-load',
  title: `The standby misses ${String(missedMib)} MiB and is given them while clients write`,
  question: 'How much do clients suffer from a resync?',
  needs: [],
  unsuited: withoutAnatomy,

  async run({ baseline, active, peerOf, window, inject, heal, order, clientsWrite, caughtUp, ...stage }) {
    const { tcpPort, silenceMs, mountPoint } = stage.anatomy().replication;
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const cut = portCut(tcpPort);
    const server = await active();
    await baseline(3000);
    const standby = peerOf(server);
    const file = `${mountPoint}/.lab-missed`;

    await window(
      {
        name: 'cut',
        title: `${standby} hears nothing of the replication`,
        from: server,
        cause: 'none',
        outageMs: silenceMs,
        outageEnds: 'replication-lost',
      },
      async () => {
        await inject(cut, standby);
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await order({
      node: server,
      title: `${String(missedMib)} MiB are written that ${standby} misses`,
      command: `dd if=/dev/urandom of=${file} bs=1M count=${String(missedMib)} conv=fsync 2>&1`,
    });
    await caughtUp({ timeoutMs: takeoverMs });

    await window(
      { name: 'resync', title: `${standby} is given what it missed`, from: server, cause: 'none' },
      async () => {
        await heal(cut, standby);
        await stage.redundant({ timeoutMs: redundancyMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await caughtUp({ timeoutMs: takeoverMs });
      },
    );
    await order({ node: server, title: 'the file goes again', command: `rm -f ${file}` });
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
