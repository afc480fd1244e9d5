import { expect } from 'chai';
import { scenarios } from '../../../lab/cli/registry.ts';
import { RigError } from '../../../lab/errors.ts';
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
      const reason = scenario.unsuited?.({ stack: fakeStack(), ...usual });
      if (asked.length > 0) expect(reason).to.match(/^fake-stack does not say/);
      else expect(reason).to.equal(undefined);
      const whole = fakeStack({ anatomy: () => fakeAnatomy });
      expect(scenario.unsuited?.({ stack: whole, ...usual })).to.equal(undefined);
    });
  });
