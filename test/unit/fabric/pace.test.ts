import { expect } from 'chai';
import type { Sighting } from '../../../lab/fabric.ts';
import { watchPace } from '../../../lab/fabric/pace.ts';
import { eventually } from '../../fakes/failure.ts';

/** Keeps this thread busy: no timer fires meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('the pace of the switch', () => {
  it('is reported at once when it was late, with how late', async () => {
    const seen: Sighting[] = [];
    const end = watchPace((sighting) => void seen.push(sighting));
    try {
      standStill(600);
      await eventually('a late wake', () => seen.length > 0);
      const [late] = seen;
      expect(late?.kind === 'pace' ? late.worstLateMs : 0).to.be.within(450, 2000);
      expect(late).to.include({ everyMs: 100 });
    } finally {
      end();
    }
  });
});
