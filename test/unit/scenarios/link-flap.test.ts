import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import { linkFlap } from '../../../scenarios/link-flap.ts';
import { failureOf } from '../../fakes/failure.ts';
import { toldStage as told } from '../../fakes/stage.ts';

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
