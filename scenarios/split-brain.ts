import { expectedLossStated } from '../lab/checks/expected-loss-stated.ts';
import { faultsProven } from '../lab/checks/faults-proven.ts';
import { measurementSound } from '../lab/checks/measurement-sound.ts';
import { redundancyRestored } from '../lab/checks/redundancy-restored.ts';
import { replicasIdentical } from '../lab/checks/replicas-identical.ts';
import { serviceOnExpectedNode } from '../lab/checks/service-on-expected-node.ts';
import { twoActiveSeen } from '../lab/checks/two-active-seen.ts';
import { partition } from '../lab/faults/partition.ts';
import type { Scenario } from '../lab/scenario.ts';
import { unsuitedWhere } from './parts/anatomy-needed.ts';

/** Both servers serve for so long: enough for clients to write on both. */
const splitMs = 15_000;

export const splitBrain: Scenario = {
  name: 'split-brain',
  title: 'The servers cannot see each other, the clients see both; then an operator makes one of two truths',
  question: 'What does a split brain look like, and which acknowledged writes does its recovery cost?',
  needs: ['network-rules'],
  unsuited: unsuitedWhere(({ fences, networks }) =>
    fences
      ? 'a lost server is switched off before the other one takes over: there is no split brain to be had'
      : networks.serialLine === true
        ? 'the servers hear each other over the serial line, too, which no cut of a network touches'
        : undefined,
  ),

  async run({ baseline, active, peerOf, window, inject, heal, see, order, clientsWrite, ...stage }) {
    const { networks, replication, revive } = stage.anatomy();
    const { takeoverMs, redundancyMs, failbackMs } = stage.patience;
    const first = await active();
    await baseline(3000);
    const second = peerOf(first);
    const all = [...new Set([networks.service, networks.replication, ...networks.heartbeat])];
    const split = partition({ networks: all, peer: second });

    await window(
      { name: 'split', title: `${first} and ${second} are parted`, from: first, cause: 'node-lost' },
      async () => {
        await inject(split, first);
        await stage.bothActive({ timeoutMs: takeoverMs });
        await clientsWrite({ timeoutMs: takeoverMs });
        await stage.observe(splitMs);
      },
    );

    await heal(split, first);
    await see(
      {
        node: [first, second],
        what: 'the replicas to refuse each other',
        command: replication.stateCommand,
        prints: /cs:StandAlone/,
      },
      { timeoutMs: redundancyMs },
    );
    for (const node of [first, second])
      await see(
        { node, what: 'the state of the replica', command: replication.stateCommand, prints: /cs:/ },
        { timeoutMs: takeoverMs },
      );
    const survivor = await stage.settled({ timeoutMs: failbackMs });
    for (const each of replication.discard(peerOf(survivor), survivor)) await order(each);
    await stage.redundant({ timeoutMs: redundancyMs });
    // A cluster service that ended in all this is started again.
    for (const node of [first, second]) await order(revive(node));
    await stage.serviceOn(await stage.settled({ timeoutMs: failbackMs }), { timeoutMs: failbackMs });
    await clientsWrite({ timeoutMs: takeoverMs });
  },

  checks: [
    faultsProven,
    measurementSound,
    twoActiveSeen,
    expectedLossStated,
    serviceOnExpectedNode,
    replicasIdentical,
    redundancyRestored,
  ],
};
