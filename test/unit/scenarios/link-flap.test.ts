import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import type { Stage } from '../../../lab/scenario.ts';
import { linkFlap } from '../../../scenarios/link-flap.ts';
import { failureOf } from '../../fakes/failure.ts';

/** A stage that writes down what the scenario says. */
function told(changes: Partial<Stage> = {}): { stage: Stage; said: string[] } {
  const said: string[] = [];
  const say =
    (what: string) =>
    (...args: unknown[]): Promise<void> => {
      said.push([what, ...args.filter((arg) => ['string', 'number'].includes(typeof arg))].join(' '));
      return Promise.resolve();
    };
  const stage: Stage = {
    settings: {},
    patience: { takeoverMs: 1, redundancyMs: 2, failbackMs: 3 },
    detectionMs: 10_000,
    failsBack: true,
    baseline: say('baseline'),
    active: () => Promise.resolve('nfs02'),
    peerOf: () => 'nfs01',
    inject: async ({ title }, node) => {
      await say(`inject: ${title}`)(node);
      return { elapsedMs: 1800 };
    },
    heal: async ({ title }, node) => {
      await say(`heal: ${title}`)(node);
    },
    window: async ({ name, from, cause, outageMs }, during) => {
      said.push(`window ${name} ${from} ${cause} ${String(outageMs)}`);
      await during();
      said.push('end of window');
    },
    clientsWrite: say('clientsWrite'),
    serviceOn: say('serviceOn'),
    redundant: say('redundant'),
    caughtUp: say('caughtUp'),
    observe: say('observe'),
    ...changes,
  };
  return { stage, said };
}

describe('the scenario link-flap', () => {
  it('cuts the cable of the active server for half the time of detection, and expects the service to stay', async () => {
    const { stage, said } = told();
    await linkFlap.run(stage);
    expect(said).to.deep.equal([
      'baseline 3000',
      'window outage nfs02 none 5000',
      'inject: the link of eth1 is out nfs02',
      'observe 3200',
      'heal: the link of eth1 is out nfs02',
      'clientsWrite',
      'caughtUp',
      'end of window',
      'redundant',
      'serviceOn nfs02',
    ]);
  });

  it('heals at once when the proof alone took longer than the outage', async () => {
    const { stage, said } = told({ inject: () => Promise.resolve({ elapsedMs: 9000 }) });
    await linkFlap.run(stage);
    expect(said).to.include('observe 0');
  });

  it('heals the cable that it cut: the same fault, or the stage would not know it', async () => {
    const faults: unknown[] = [];
    const { stage } = told({
      inject: (fault) => {
        faults.push(fault);
        return Promise.resolve({ elapsedMs: 0 });
      },
      heal: (fault) => {
        faults.push(fault);
        return Promise.resolve();
      },
    });
    await linkFlap.run(stage);
    expect(faults).to.have.length(2);
    expect(faults[0]).to.equal(faults[1]);
  });

  it('asks nothing more of a cluster whose fault was not proven', async () => {
    const { stage, said } = told({ inject: () => Promise.reject(new RigError('no silence')) });
    expect((await failureOf(linkFlap.run(stage))).message).to.equal('no silence');
    expect(said.at(-1)).to.match(/^window/);
  });

  it('needs cables that can be pulled, and judges the stall', () => {
    expect(linkFlap.needs).to.deep.equal(['link']);
    expect(linkFlap.checks.map(({ name }) => name)).to.include.members([
      'stall-within-budget',
      'faults-proven',
      'never-two-active',
    ]);
  });
});
