import { spawn } from 'node:child_process';
import { expect } from 'chai';
import type { Sighting } from '../../../lab/fabric.ts';
import { startJournal } from '../../../lab/run/journal.ts';
import { parsePace, startWatchdogs, watchdogCommand } from '../../../lab/run/watchdogs.ts';
import { eventually } from '../../fakes/failure.ts';
import { fakeLab, type FakeLab } from '../../fakes/lab.ts';

/** The watchdogs of a lab in memory, and a way to let its fabric say how it fares. */
async function rig(change: (fake: FakeLab) => void = () => undefined) {
  const fake = fakeLab();
  let tell: (sighting: Sighting) => void = () => undefined;
  const { fabric } = fake.lab;
  if (fabric === undefined) throw new Error('no fabric');
  fabric.observe = (_filter, onSighting) => {
    tell = onSighting;
    return Promise.resolve({ stop: () => Promise.resolve() });
  };
  change(fake);
  const journal = startJournal();
  const watchdogs = await startWatchdogs(fake.lab, journal);
  const at = (afterMs: number): number => journal.zeroMs + afterMs;
  return {
    ...fake,
    journal,
    watchdogs,
    fabricSays: (atMs: number, worstLateMs: number) => {
      tell({ kind: 'pace', atMs: at(atMs), everyMs: 100, wakes: 100, worstLateMs });
    },
    /** The clocks of machines in memory are unread: what they say counts when it arrives. */
    says: (node: string, atMs: number, wakes: number, lateMs: number) => {
      fake.machine(node).say('pace', `pace 1000.0 ${String(wakes)} ${lateMs.toFixed(3)}`, at(atMs));
    },
  };
}

describe('the watchdogs of a run', () => {
  it('add up what each one says, and keep the late wakes one by one', async () => {
    const { says, fabricSays, watchdogs } = await rig();
    says('nfs02', 1000, 50, 20);
    says('nfs02', 2000, 7, 1400);
    says('sv01', 2500, 50, 249);
    fabricSays(3000, 300);
    const load = await watchdogs.stop();
    expect(load.watchdogs).to.deep.equal([
      { of: 'nfs02', everyMs: 200, wakes: 57, worstLateMs: 1400 },
      { of: 'sv01', everyMs: 200, wakes: 50, worstLateMs: 249 },
      { of: 'fabric', everyMs: 100, wakes: 100, worstLateMs: 300 },
    ]);
    expect(load.late).to.deep.equal([
      { of: 'nfs02', atMs: 2000, lateMs: 1400 },
      { of: 'fabric', atMs: 3000, lateMs: 300 },
    ]);
  });

  it('do not count a node that a fault stands on, nor a wake that began before it was back', async () => {
    const { says, watchdogs, journal } = await rig();
    watchdogs.leave('nfs01');
    says('nfs01', journal.nowMs() + 1, 5, 9000);
    await watchdogs.rejoin('nfs01');
    const backMs = journal.nowMs();
    says('nfs01', backMs + 100, 5, 8000);
    says('nfs01', backMs + 5000, 50, 300);
    const { late, watchdogs: all } = await watchdogs.stop();
    expect(late.map((each) => each.lateMs)).to.deep.equal([300]);
    expect(all).to.deep.equal([{ of: 'nfs01', everyMs: 200, wakes: 50, worstLateMs: 300 }]);
  });

  it('begin again on a node whose watchdog ended with it, and not on one that goes on', async () => {
    const { machine, watchdogs } = await rig();
    watchdogs.leave('nfs01');
    machine('nfs01').streams[0]?.end(null);
    await eventually('the end', () => machine('nfs01').streams.length === 1);
    await watchdogs.rejoin('nfs01');
    await watchdogs.rejoin('nfs02');
    expect(machine('nfs01').streams).to.have.length(2);
    expect(machine('nfs02').streams).to.have.length(1);
    await watchdogs.stop();
    expect(machine('nfs01').streams[1]?.stopped).to.equal(true);
  });

  it('are missing where they cannot be started, and do not end the run', async () => {
    const { watchdogs, says } = await rig((fake) => {
      fake.machine('nfs01').stream = () => Promise.reject(new Error('no perl'));
    });
    says('nfs02', 1000, 50, 20);
    const load = await watchdogs.stop();
    expect(load.watchdogs.map((each) => each.of)).to.deep.equal(['nfs02']);
    expect(await watchdogs.stop()).to.equal(load);
  });

  it('read only what is a pace', () => {
    expect(parsePace('pace 1795297673581.912 51 3.919')).to.deep.equal({
      guestMs: 1795297673581.912,
      wakes: 51,
      worstLateMs: 3.919,
    });
    for (const line of ['', 'pace', 'pace 1 2 3', 'a pace 1.0 2 3.0', 'pace 1.0 2 3.0 4'])
      expect(parsePace(line), line).to.equal(undefined);
  });
});

describe('the watchdog in a guest', () => {
  it('says by how much it was late when it was kept from its processor, and ends with its input', async () => {
    const child = spawn('sh', ['-c', watchdogCommand], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    try {
      await eventually('its first wake', () => lines.length > 0);
      lines.length = 0;
      child.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 900));
      child.kill('SIGCONT');
      await eventually('a late wake', () => lines.length > 0);
      expect(parsePace(lines[0] ?? '')?.worstLateMs).to.be.within(600, 5000);
    } finally {
      child.kill('SIGCONT');
      child.stdin.end();
    }
    expect(await ended).to.equal(0);
  });
});
