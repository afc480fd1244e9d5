import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { TimeoutError } from '../../lab/errors.ts';
import { failureOf } from '../fakes/failure.ts';
import type { FaultCase } from './fault-case.ts';
import { begin, contextOf, end, injectAndDie, lab, restoreLab, untilBroken } from './rig.ts';

const files = readdirSync(new URL('faults/', import.meta.url)).sort();
const all = await Promise.all(
  files.map(async (file) => {
    const { cases } = (await import(`./faults/${file}`)) as { cases: FaultCase[] };
    return { file, cases };
  }),
);

const standing = { ttlMs: 300_000, provenWithinMs: 120_000 };
/** Long enough to be seen, short enough to wait for. */
const shortTtlMs = 6000;
const showsWithinMs = 60_000;

describe('faults, on a real lab', () => {
  before(begin);
  after(end);

  for (const { file, cases } of all)
    cases.forEach(({ what, node, make, broken, ttlMs = shortTtlMs, unsettles = false }, index) => {
      describe(`${file.replace(/\.ts$/, '')}: ${what}`, () => {
        after(async () => {
          if (unsettles && make(standing).ttlMs !== undefined) await restoreLab();
        });

        it('is not proven while nothing is broken', async () => {
          expect(await broken(await lab())).to.equal(false);
          const untouched = make({ ttlMs: 1000, provenWithinMs: 1500 });
          const refused = await failureOf(untouched.proven(await contextOf(node)));
          expect(refused).to.be.instanceOf(TimeoutError);
        });

        it('bites, and heals, and heals twice', async () => {
          const fault = make(standing);
          const context = await contextOf(node);
          await fault.inject(context);
          try {
            const { proof } = await fault.proven(context);
            expect(proof).not.to.be.empty;
            await untilBroken(broken, true, showsWithinMs);
          } finally {
            await fault.heal(context);
          }
          await fault.heal(context);
          await fault.healed(context);
          await untilBroken(broken, false, showsWithinMs);
        });

        it('is gone after its runner was killed', async () => {
          const { ttlMs: endsAfterMs } = make(standing);
          await injectAndDie(file, index, ttlMs, endsAfterMs === undefined);
          if (endsAfterMs === undefined) {
            expect(await restoreLab()).to.equal('restored');
          } else {
            await untilBroken(broken, true, showsWithinMs);
            await untilBroken(broken, false, ttlMs + showsWithinMs);
          }
          expect(await broken(await lab())).to.equal(false);
        });
      });
    });
});
