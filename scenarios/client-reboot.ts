import { RigError } from '../lab/errors.ts';
import { powerOff } from '../lab/faults/power-off.ts';
import type { Scenario } from '../lab/scenario.ts';
import { withoutAnatomy } from './parts/anatomy-needed.ts';
import { usualChecks } from './parts/usual-checks.ts';

const plug = powerOff();

export const clientReboot: Scenario = {
  name: 'client-reboot',
  title: 'A client loses its power while it writes, boots, and writes on; the servers are well',
  question:
    'Does a dead client leave anything behind that others wait for, and is what it wrote still there?',
  needs: plug.needs,
  unsuited: withoutAnatomy,

  async run({ baseline, active, window, inject, heal, order, clientsWrite, caughtUp, ...stage }) {
    const { clientReturns } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const server = await active();
    await baseline(3000);
    // The first client is the clock of all nodes.
    const client = stage.clients.at(-1);
    if (client === undefined) throw new RigError('the lab has no client');
    const itself = { from: server, cause: 'none', without: client } as const;

    await window({ name: 'loss', title: `${client} has no power`, ...itself }, async () => {
      await inject(plug, client);
      await clientsWrite({ timeoutMs: takeoverMs });
      await caughtUp({ timeoutMs: takeoverMs });
    });
    await window({ name: 'return', title: `${client} boots and writes again`, ...itself }, async () => {
      await heal(plug, client);
      if (clientReturns !== undefined) await order(clientReturns(client));
      await stage.writerReturns(client);
      await clientsWrite({ timeoutMs: takeoverMs });
      await caughtUp({ timeoutMs: takeoverMs });
    });
    await stage.redundant({ timeoutMs: redundancyMs });
    await stage.serviceOn(server, { timeoutMs: failbackMs });
  },

  checks: usualChecks,
};
