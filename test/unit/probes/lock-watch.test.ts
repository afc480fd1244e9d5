import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { InterruptedError } from '../../../lab/errors.ts';
import type { LockWatch } from '../../../lab/nfs-lock.ts';
import { startLockContender } from '../../../lab/probes/lock-clients.ts';
import { startLockWatch } from '../../../lab/probes/lock-watch.ts';
import { eventually, failureOf } from '../../fakes/failure.ts';
import { fakeLab, type FakeLab } from '../../fakes/lab.ts';

const workload = { kind: 'nfs-append' as const, directory: "/mnt/it's here", intervalMs: 100 };
const never = new AbortController().signal;

/** Says a line of a program whose deed began and ended now, as the clients' clocks have it that were never read. */
function say(fake: FakeLab, node: string, what: string, result: string): void {
  const now = hostNowMs().toFixed(3);
  fake.machine(node).say('perl', `${what} ${now} ${now} ${result}`);
}

async function begun(fake: FakeLab, result = '-'): Promise<LockWatch> {
  const starting = startLockWatch(fake.lab, workload, { zeroMs: hostNowMs(), signal: never });
  await eventually('the holder runs', () => fake.machine('sv01').streams.length === 1);
  fake.machine('sv01').say('perl', 'M rw,vers=3,local_lock=none');
  say(fake, 'sv01', 'H', result);
  return await starting;
}

describe('a lock that is watched', () => {
  it('is taken by the first client before anything else goes on, and tried by the second', async () => {
    const fake = fakeLab();
    const watch = await begun(fake);
    expect(fake.machine('sv01').streams[0]?.command).to.include(`'/mnt/it'\\''s here/lock-`);
    const path = /'\/mnt\/it'\\''s here\/lock-[0-9a-f]{8}'/.exec(
      fake.machine('sv01').streams[0]?.command ?? '',
    );
    expect(fake.machine('sv02').streams[0]?.command).to.include(path?.[0] ?? 'a path');
    await watch.stop();
    expect(
      [...fake.machine('sv01').streams, ...fake.machine('sv02').streams].every((each) => each.stopped),
    ).to.equal(true);
  });

  it('is kept when it is refused, given back, and granted', async () => {
    const fake = fakeLab();
    const watch = await begun(fake);
    say(fake, 'sv02', 'T', 'refused');
    const concluding = watch.conclude({ timeoutMs: 5000, signal: never });
    say(fake, 'sv02', 'T', 'refused');
    await eventually('it is to be given back', () => fake.machine('sv01').written.includes('release\n'));
    say(fake, 'sv01', 'R', '-');
    await eventually('it is tried again', () => fake.machine('sv02').written.length === 2);
    say(fake, 'sv02', 'T', 'granted');
    await concluding;
    const lock = await watch.stop();
    expect(lock).to.deep.include({ holder: 'sv01', contender: 'sv02', outcome: 'kept', lostMs: null });
    expect(lock.tries.map((each) => each.result)).to.deep.equal(['refused', 'refused']);
    expect(await watch.stop()).to.equal(lock);
  });

  it('is tried anew when that is asked for, however short a time ago the last answer came', async () => {
    const fake = fakeLab();
    const contender = await startLockContender(fake.lab.machine('sv02'), '/mnt/lock', hostNowMs());
    say(fake, 'sv02', 'T', 'refused');
    const asked = contender.tryNow(5000, never);
    say(fake, 'sv02', 'T', 'granted');
    expect((await asked)?.result).to.equal('granted');
    await contender.stop(100);
  });

  it('is lost when the second client gets it in between', async () => {
    const fake = fakeLab();
    const watch = await begun(fake);
    await new Promise((resolve) => setTimeout(resolve, 5));
    say(fake, 'sv02', 'T', 'granted');
    expect((await watch.stop()).outcome).to.equal('lost');
  });

  it('is unknown when nobody answers in the end, or when the holder was refused', async () => {
    const fake = fakeLab();
    const watch = await begun(fake);
    await watch.conclude({ timeoutMs: 20, signal: never });
    expect((await watch.stop()).reason).to.equal('sv02 had no answer to its last try');
    const refused = fakeLab();
    const other = await begun(refused, 'ENOLCK');
    expect(refused.machine('sv02').streams).to.deep.equal([]);
    await other.conclude({ timeoutMs: 20, signal: never });
    expect((await other.stop()).reason).to.equal('sv01 did not get it: ENOLCK');
  });

  it('is unknown when its holder ended', async () => {
    const fake = fakeLab();
    const watch = await begun(fake);
    fake.machine('sv01').streams[0]?.end(null);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await watch.conclude({ timeoutMs: 20, signal: never });
    expect((await watch.stop()).reason).to.match(/^the program on sv01 that held it ended at/);
  });

  it('is unknown at once when the one that tries ended, before or while it is asked', async () => {
    for (const before of [true, false]) {
      const fake = fakeLab();
      const watch = await begun(fake);
      if (before) fake.machine('sv02').streams[0]?.end(null);
      const concluding = watch.conclude({ timeoutMs: 600_000, signal: never });
      if (!before) {
        await eventually('it is tried', () => fake.machine('sv02').written.includes('try\n'));
        fake.machine('sv02').streams[0]?.end(null);
      }
      await concluding;
      expect((await watch.stop()).reason).to.match(/^the program on sv02 that tried to get it ended at/);
    }
  });

  it('is none where the clients mount no NFS', async () => {
    const fake = fakeLab();
    const block = { kind: 'block-append' as const, directory: '/mnt', intervalMs: 100 };
    const watch = await startLockWatch(fake.lab, block, { zeroMs: 0, signal: never });
    await watch.conclude({ timeoutMs: 20, signal: never });
    expect((await watch.stop()).outcome).to.equal('none');
    expect(fake.machine('sv01').streams).to.deep.equal([]);
  });

  it('leaves nothing running when the run is interrupted before it is held', async () => {
    const fake = fakeLab();
    const over = new AbortController();
    const starting = startLockWatch(fake.lab, workload, { zeroMs: 0, signal: over.signal });
    await eventually('the holder runs', () => fake.machine('sv01').streams.length === 1);
    over.abort();
    expect(await failureOf(starting)).to.be.instanceOf(InterruptedError);
    expect(fake.machine('sv01').streams[0]?.stopped).to.equal(true);
  });
});
