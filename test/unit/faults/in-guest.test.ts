import { expect } from 'chai';
import { TimeoutError } from '../../../lab/errors.ts';
import type { Fault, FaultContext } from '../../../lab/fault.ts';
import { clockJump } from '../../../lab/faults/clock-jump.ts';
import { diskError } from '../../../lab/faults/disk-error.ts';
import { diskFull } from '../../../lab/faults/disk-full.ts';
import { diskStall } from '../../../lab/faults/disk-stall.ts';
import { killDaemon } from '../../../lab/faults/kill-daemon.ts';
import { memoryPressure } from '../../../lab/faults/memory-pressure.ts';
import { portCut } from '../../../lab/faults/port-cut.ts';
import { stopService } from '../../../lab/faults/stop-service.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

const never = new AbortController().signal;
const quick = { ttlMs: 7000, provenWithinMs: 60 };
const heartbeat = { process: 'heartbeat', service: 'heartbeat' };

interface GuestFault {
  fault: Fault;
  /** Part of what is done to the node, and of what undoes it. */
  strikes: string;
  undoes: string;
  /** What the node says when it bit, in the order of the looks; the last answer stays. */
  bitten: string[];
  proof: RegExp;
  /** Answers that prove nothing. */
  unbitten: string[];
}

const faults: GuestFault[] = [
  {
    fault: stopService('heartbeat', quick),
    strikes: 'systemctl stop --no-block heartbeat',
    undoes: 'systemctl start --no-block heartbeat',
    bitten: ['inactive'],
    proof: /^heartbeat of nfs01 is stopped/,
    unbitten: ['active', 'deactivating', ''],
  },
  {
    fault: killDaemon(heartbeat, 'KILL', quick),
    strikes: 'kill -KILL $(cat',
    undoes: 'pgrep -x heartbeat >/dev/null || systemctl restart --no-block heartbeat',
    bitten: ['gone\nZ\ngone'],
    proof: /^3 heartbeat processes of nfs01 are gone/,
    unbitten: ['', 'S', 'gone\nS', 'T'],
  },
  {
    fault: killDaemon({ process: 'rpc.mountd', service: 'nfs-mountd', startsAlone: true }, 'KILL', quick),
    strikes: 'kill -KILL $(cat',
    undoes: 'pgrep -x rpc.mountd >/dev/null || systemctl start --no-block nfs-mountd',
    bitten: ['gone'],
    proof: /^rpc.mountd of nfs01 is gone/,
    unbitten: ['', 'S', 'T'],
  },
  {
    fault: killDaemon(heartbeat, 'STOP', quick),
    strikes: 'kill -STOP $(cat',
    undoes: 'pkill -CONT -x heartbeat',
    bitten: ['T'],
    proof: /^heartbeat of nfs01 is in state T/,
    unbitten: ['', 'S', 'gone'],
  },
  {
    fault: diskError('lab-data', quick),
    strikes: 'dmsetup load lab-data --table "0 $(cut',
    undoes: 'dmsetup load lab-data /run/lab-faults/disk-error-lab-data.table',
    bitten: ["dd: error reading '/dev/mapper/lab-data': Input/output error"],
    proof: /^a read of lab-data of nfs01 failed with EIO/,
    unbitten: ['1+0 records in', "dd: failed to open '/dev/mapper/lab-data': No such file or directory", ''],
  },
  {
    fault: diskStall('lab-data', quick),
    strikes: 'dmsetup suspend --noflush --nolockfs lab-data',
    undoes: 'dmsetup resume lab-data',
    bitten: ['Suspended', 'waits'],
    proof: /^a read of lab-data of nfs01 was not answered within 2 s/,
    unbitten: ['Active', ''],
  },
  {
    fault: diskFull('/data', quick),
    strikes: 'fallocate -o $at -l $piece /data/.lab-disk-full',
    undoes: 'rm -f /data/.lab-disk-full',
    bitten: ['dd: error writing: No space left on device'],
    proof: /could not be written to \/data of nfs01: ENOSPC/,
    unbitten: ['1+0 records out', ''],
  },
  {
    fault: memoryPressure(80, quick),
    strikes: 'setsid perl -e',
    undoes: 'kill -9 "$(cat /run/lab-faults/memory-pressure.pid)"',
    bitten: ['82'],
    proof: /^82 MiB of memory are available on nfs01/,
    unbitten: ['89', '', '400'],
  },
  {
    fault: portCut(7788, quick),
    strikes: 'nft -f - <<',
    undoes: 'nft delete table inet lab_port_cut_7788',
    bitten: ['4 9 '],
    proof: /^nfs01 dropped 4 packets that came and 9 that went, of port 7788/,
    unbitten: ['0 9', '4 0', '0 0', ''],
  },
];

function contextWith(answers: (command: string) => string): FaultContext & { executed: () => string[] } {
  const fake = fakeLab((_node, command) => ({ stdout: answers(command) }));
  return {
    lab: fake.lab,
    node: 'nfs01',
    consoleFromByte: 0,
    signal: never,
    tell: () => undefined,
    executed: () => fake.machine('nfs01').executed.map(({ command }) => command),
  };
}

for (const { fault, strikes, undoes, bitten, proof, unbitten } of faults)
  describe(`the fault ${fault.name}: ${fault.title}`, () => {
    it('arms its own end in the node before it strikes', async () => {
      const context = contextWith(() => '');
      await fault.inject(context);
      const [script = ''] = context.executed();
      expect(fault.ttlMs).to.equal(7000);
      expect(script).to.include('sleep 7;');
      expect(script.replaceAll("'\\''", "'")).to.include(strikes).and.include(undoes);
      expect(script.indexOf('.timer')).to.be.lessThan(script.lastIndexOf(strikes));
    });

    it('is proven by what the node says then', async () => {
      const answers = [...bitten];
      const context = contextWith(() => (answers.length > 1 ? (answers.shift() ?? '') : (answers[0] ?? '')));
      expect((await fault.proven(context)).proof[0]).to.match(proof);
    });

    for (const answer of unbitten)
      it(`is not proven by ${JSON.stringify(answer)}`, async () => {
        expect(await failureOf(fault.proven(contextWith(() => answer)))).to.be.instanceOf(TimeoutError);
      });

    it('heals twice with the same harmless command', async () => {
      const context = contextWith(() => '');
      await fault.heal(context);
      const first = context.executed();
      await fault.heal(context);
      expect(context.executed()).to.deep.equal([...first, ...first]);
    });
  });

describe('the fault clock-jump', () => {
  const rig = (offsetsMs: number[]): FaultContext =>
    contextWith((command) => (command.includes('%.3f') ? String(offsetsMs.shift() ?? NaN) : ''));

  it('is proven by the wall clock against the monotonic one', async () => {
    const fault = clockJump(-60, quick);
    const context = rig([1000, -59_100]);
    await fault.inject(context);
    expect((await fault.proven(context)).proof[0]).to.equal(
      'the wall clock of nfs01 moved by -60.1 s against its monotonic clock',
    );
  });

  it('forgets what was read of the wall clock before', async () => {
    const context = rig([1000]);
    const { wallClock } = context.lab.machine('nfs01');
    wallClock.add({ sentMs: 0, receivedMs: 1, guestMs: 0 });
    await clockJump(60, quick).inject(context);
    expect(wallClock.toHost(0)?.hostMs).not.to.equal(0.5);
  });

  it('is not proven by a clock that did not move, moved elsewhere, or that nobody set', async () => {
    for (const offsets of [
      [1000, 1000],
      [1000, 31_000],
    ]) {
      const fault = clockJump(60, quick);
      const context = rig(offsets);
      await fault.inject(context);
      expect(await failureOf(fault.proven(context))).to.be.instanceOf(TimeoutError);
    }
    expect(await failureOf(clockJump(60, quick).proven(rig([])))).to.be.instanceOf(TimeoutError);
  });

  it('is not healed while the clock is off', async () => {
    const fault = clockJump(60, quick);
    const context = rig([1000, 61_000]);
    await fault.inject(context);
    expect(await failureOf(fault.healed(context))).to.be.instanceOf(TimeoutError);
  });
});
