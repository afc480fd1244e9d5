import { expect } from 'chai';
import type { Anatomy } from '../../../lab/anatomy.ts';
import { scenarios, stacks } from '../../../lab/cli/registry.ts';
import { RigError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeStack } from '../../fakes/stack.ts';
import { fakeAnatomy, toldStage } from '../../fakes/stage.ts';

const usual = { edition: 'current', settings: {} } as const;

for (const scenario of scenarios)
  describe(`every scenario: ${scenario.name}`, () => {
    it('asks a question in one line', () => {
      expect(scenario.question).to.match(/^[A-Z][^\n]{20,110}\?$/);
      expect(scenario.title).to.match(/^[A-Z][^\n]{20,130}$/);
    });

    it('watches first, and heals what it broke, each fault once, the last one first', async () => {
      const standing: unknown[] = [];
      let broken = 0;
      const { stage, said } = toldStage({
        inject: (fault) => {
          broken += 1;
          standing.push(fault);
          return Promise.resolve({ elapsedMs: 0 });
        },
        heal: (fault) => {
          expect(standing.pop()).to.equal(fault);
          return Promise.resolve();
        },
      });
      await scenario.run(stage);
      expect(said[0]).to.equal('baseline 3000');
      expect(standing).to.deep.equal([]);
      const asksForProof = scenario.checks.some(({ name }) => name === 'faults-proven');
      expect(asksForProof).to.equal(broken > 0);
    });

    it('measures in windows, waits for the replicas, and says where the service should be at the end', async () => {
      const { stage, said } = toldStage();
      await scenario.run(stage);
      expect(said.filter((each) => each.startsWith('window')).length).to.be.greaterThan(0);
      expect(said).to.include('redundant');
      expect(said.some((each) => /^(serviceOn|settled)/.test(each))).to.equal(true);
    });

    it('asks nothing more of a cluster whose fault was not proven, or that did not obey', async () => {
      const { stage, said } = toldStage({
        inject: () => Promise.reject(new RigError('it did not bite')),
        order: () => Promise.reject(new RigError('it did not obey')),
      });
      expect((await failureOf(scenario.run(stage))).message).to.match(/^it did not/);
      expect(said.at(-1)).to.match(/^window/);
    });

    it('needs what its faults need', async () => {
      const needed = new Set<string>();
      const { stage } = toldStage({
        inject: ({ needs }) => {
          for (const need of needs) needed.add(need);
          return Promise.resolve({ elapsedMs: 0 });
        },
      });
      await scenario.run(stage);
      expect(new Set(scenario.needs)).to.deep.equal(needed);
    });

    it('is refused, with the reason, on a stack that lacks what it takes hold of', async () => {
      const asked: string[] = [];
      const { stage } = toldStage({
        anatomy: () => {
          asked.push('anatomy');
          return fakeAnatomy;
        },
      });
      await scenario.run(stage);
      const without = fakeStack({ anatomy: () => undefined });
      const reason = scenario.unsuited?.({ stack: without, ...usual });
      if (asked.length > 0)
        expect(reason).to.equal(
          'fake-stack does not say what faults could take hold of in its edition current',
        );
      else expect(reason).to.equal(undefined);
    });
  });

describe('scenarios that make no sense', () => {
  /** Why each is refused on a cluster with this anatomy, by name. */
  const refused = (anatomy: Partial<Anatomy>): Record<string, string> => {
    const daemons = fakeAnatomy.daemons.slice(0, 2);
    const stack = fakeStack({ anatomy: () => ({ ...fakeAnatomy, daemons, ...anatomy }) });
    return Object.fromEntries(
      scenarios.flatMap((scenario) => {
        const reason = scenario.unsuited?.({ stack, ...usual });
        return reason === undefined ? [] : [[scenario.name, reason]];
      }),
    );
  };
  const elsewhere = ['kill-corosync', 'kill-pacemakerd', 'kill-apache', 'kill-tgtd'];

  it('are those that kill what the stack does not have', () => {
    expect(refused({})).to.have.all.keys(elsewhere);
    expect(refused({})['kill-tgtd']).to.equal('nothing of fake-stack is called tgtd');
  });

  it('are a split brain and a lonely boot where a lost server is fenced', () => {
    const reasons = refused({ fences: true });
    expect(reasons).to.have.all.keys(...elsewhere, 'split-brain', 'degraded-boot');
    expect(reasons['split-brain']).to.include('switched off before the other one takes over');
    expect(reasons['degraded-boot']).to.include('waits for its peer for ever');
  });

  it('are a split brain where a serial line joins the servers', () => {
    const networks = { ...fakeAnatomy.networks, serialLine: true };
    expect(refused({ networks })).to.have.all.keys(...elsewhere, 'split-brain');
  });

  it('are none of those that every stack can have', () => {
    for (const stack of stacks) {
      const settings = resolveSettings(stack, 'current', {});
      const names = scenarios
        .filter((each) => each.unsuited?.({ stack, edition: 'current', settings }) !== undefined)
        .map(({ name }) => name);
      expect(
        names.every((name) => /^(kill|hang)-/.test(name)),
        `${stack.name}: ${names.join()}`,
      ).to.equal(true);
    }
  });
});

describe('what happens, word by word', () => {
  const heard = async (name: string): Promise<string[]> => {
    const { stage, said } = toldStage();
    await scenarios.find((each) => each.name === name)?.run(stage);
    return said;
  };
  const told: Record<string, string[]> = {
    'graceful-stop': [
      'baseline 3000',
      'window handover nfs02 planned undefined',
      'inject: heartbeat is stopped nfs02',
      'serviceOn nfs01',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'window failback nfs01 planned undefined',
      'heal: heartbeat is stopped nfs02',
      'redundant',
      'serviceOn nfs02',
      'clientsWrite',
      'caughtUp',
      'end of window',
    ],
    'planned-switchover': [
      'baseline 3000',
      'window there nfs02 planned undefined',
      'order: standby nfs02',
      'serviceOn nfs01',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'window back nfs01 planned undefined',
      'order: takeover nfs02',
      'serviceOn nfs02',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'redundant',
    ],
    'standby-loss': [
      'baseline 3000',
      'window loss nfs02 none 10500',
      'inject: power off nfs01',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'window rejoin nfs02 none undefined',
      'heal: power off nfs01',
      'redundant',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'serviceOn nfs02',
    ],
    'split-brain': [
      'baseline 3000',
      'window split nfs02 node-lost undefined',
      'inject: cut off from nfs01 nfs02',
      'bothActive',
      'clientsWrite',
      'observe 15000',
      'end of window',
      'heal: cut off from nfs01 nfs02',
      'see: the replicas to refuse each other nfs02 nfs01',
      'see: the state of the replica nfs02',
      'see: the state of the replica nfs01',
      'settled',
      'order: discard nfs01',
      'order: connect nfs02',
      'redundant',
      'order: revive nfs02',
      'order: revive nfs01',
      'settled',
      'serviceOn nfs02',
      'clientsWrite',
    ],
    'disk-stall': [
      'baseline 3000',
      'window stall nfs02 none 20000',
      'inject: lab-data stalls nfs02',
      'observe 18200',
      'heal: lab-data stalls nfs02',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'redundant',
      'serviceOn nfs02',
    ],
  };
  for (const [name, words] of Object.entries(told))
    it(name, async () => {
      expect(await heard(name)).to.deep.equal(words);
    });

  it('power-cut is hard-halt with another fault', async () => {
    const cut = (await heard('power-cut')).map((each) => each.replace('power off', 'halt -f'));
    expect(cut).to.deep.equal(await heard('hard-halt'));
  });

  it('split-brain takes no answer of replicas that met for one of replicas that refuse each other', async () => {
    const looks: RegExp[] = [];
    const { stage } = toldStage({
      see: ({ prints }) => {
        looks.push(prints);
        return Promise.resolve('');
      },
    });
    await scenarios.find((each) => each.name === 'split-brain')?.run(stage);
    const [prints] = looks;
    const line = (cs: string): string => ` 0: cs:${cs} ro:Primary/Unknown ds:UpToDate/DUnknown C r-----\n`;
    expect(prints?.test(line('StandAlone'))).to.equal(true);
    for (const other of ['Connected', 'WFConnection', 'SyncTarget'])
      expect(prints?.test(line(other))).to.equal(false);
  });
});
