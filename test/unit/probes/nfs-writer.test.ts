import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import { crcOf, payloadOf } from '../../../lab/ledger.ts';
import { startNfsWriter } from '../../../lab/probes/nfs-writer.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

const workload = { kind: 'nfs-append' as const, directory: "/mnt/it's here", intervalMs: 100 };

describe('the NFS writer', () => {
  it('counts acknowledgements and gives its samples on the clock of the run', async () => {
    const { lab, machine } = fakeLab();
    const probe = await startNfsWriter(lab, 'sv01', workload, 1000);
    const tell = (line: string, hostMs: number): void => {
      machine('sv01').say('perl', line, hostMs);
    };
    tell('S 0 5000.000 5000.500 5002.000 -', 2002);
    tell('S 1 5100.000 5100.500 5109.000 EIO', 2109);
    tell('a line of something else', 2200);
    expect(probe.acknowledged).to.equal(1);
    expect(probe.lastAcknowledgedMs).to.equal(1002);
    machine('sv01').monotonicClock.add({ sentMs: 2000, receivedMs: 2000, guestMs: 5000 });
    const data = await probe.stop();
    expect(data.samples).to.deep.equal([
      { dueMs: 1000, startMs: 1000.5, endMs: 1002, error: null },
      { dueMs: 1100, startMs: 1100.5, endMs: 1109, error: 'EIO' },
    ]);
    expect(data.ledger).to.deep.equal([{ sequence: 0, crc: crcOf(payloadOf('sv01', 0)) }]);
    expect(probe.ended).to.equal(true);
  });

  it('goes on with the next record of the same file after a boot of its client, and dates each boot by its own clock', async () => {
    const { lab, machine } = fakeLab();
    const sv01 = machine('sv01');
    const probe = await startNfsWriter(lab, 'sv01', workload, 1000);
    sv01.monotonicClock.add({ sentMs: 2000, receivedMs: 2000, guestMs: 5000 });
    sv01.streams[0]?.onLine('S 6 5000.000 5000.500 5002.000 -', 2002);
    sv01.streams[0]?.onLine('S 7 5100.000 5100.500 5102.000 EIO', 2102);

    probe.leave();
    expect([probe.ended, probe.away]).to.deep.equal([false, false]);
    sv01.monotonicClock.reset();
    sv01.streams[0]?.end(null);
    await Promise.resolve();
    expect([probe.ended, probe.away]).to.deep.equal([false, true]);

    sv01.monotonicClock.add({ sentMs: 60_000, receivedMs: 60_000, guestMs: 10 });
    await probe.restart();
    expect([probe.ended, probe.away]).to.deep.equal([false, false]);
    const [before = '', after = ''] = sv01.streams.map(({ command }) => command);
    expect(after).to.equal(before.replace(/ 0$/, ' 8')).and.not.to.equal(before);
    sv01.streams[1]?.onLine('S 8 30.000 31.000 32.000 -', 60_022);

    const data = await probe.stop();
    expect(data.samples.map(({ endMs }) => endMs)).to.deep.equal([1002, 1102, 59_022]);
    expect(data.ledger.map(({ sequence }) => sequence)).to.deep.equal([6, 8]);
    expect(data.restarts).to.have.length(1);
    expect(data.restarts?.[0]).to.include({ sequence: 8 });
  });

  it('is left running by a fault that did not end it, and has ended for no reason without a fault', async () => {
    const { lab, machine } = fakeLab();
    const probe = await startNfsWriter(lab, 'sv01', workload, 0);
    probe.leave();
    await probe.restart();
    expect(machine('sv01').streams).to.have.length(1);
    machine('sv01').streams[0]?.end(null);
    await Promise.resolve();
    expect([probe.ended, probe.away]).to.deep.equal([true, false]);
  });

  it('quotes the folder for the shell', async () => {
    const { lab, machine } = fakeLab();
    const probe = await startNfsWriter(lab, 'sv01', workload, 0);
    expect(machine('sv01').streams[0]?.command).to.include(`'/mnt/it'\\''s here/records-sv01-`);
    await probe.stop();
  });

  it('gives no samples on a clock that was never read', async () => {
    const { lab, machine } = fakeLab();
    const probe = await startNfsWriter(lab, 'sv01', workload, 0);
    machine('sv01').say('perl', 'S 0 1.000 1.000 2.000 -', 1);
    const error = await failureOf(probe.stop());
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include('sv01: its clock was never read');
  });
});
