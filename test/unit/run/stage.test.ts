import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import {
  InterruptedError,
  NotRecoveredError,
  RigError,
  TimeoutError,
  UsageError,
} from '../../../lab/errors.ts';
import type { Fault } from '../../../lab/fault.ts';
import type { RunningProbe } from '../../../lab/probe.ts';
import { startJournal } from '../../../lab/run/journal.ts';
import { openStage, type OpenStage } from '../../../lab/run/stage.ts';
import type { Lab } from '../../../lab/provider.ts';
import type { Stack } from '../../../lab/stack.ts';
import { pause } from '../../../lab/wait.ts';
import { failureOf } from '../../fakes/failure.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeSpec, fakeStack, fakeWriters, heardProgress } from '../../fakes/stack.ts';

interface Rig extends OpenStage {
  controller: AbortController;
  watched: string[];
  notes: string[];
  kinds: () => string[];
  /** Who told events of this kind. */
  sources: (kind: string) => string[];
  texts: (kind: string) => string[];
  events: (kind: string) => TimelineEvent[];
  nowMs: () => number;
}

const cleanups: (() => void)[] = [];

async function rig(
  stack: Partial<Stack> = {},
  probe: Partial<RunningProbe> = {},
  { lab }: { lab: Lab } = fakeLab(),
): Promise<Rig> {
  const { spec, remove } = fakeSpec(lab, fakeStack(stack));
  cleanups.push(remove);
  const controller = new AbortController();
  const journal = startJournal();
  const watched: string[] = [];
  const witnesses = {
    leave: (node: string) => watched.push(`leave ${node}`),
    rejoin: (node: string) => Promise.resolve(void watched.push(`rejoin ${node}`)),
    stop: () => Promise.resolve(),
  };
  const progress = heardProgress();
  const probes = [await fakeWriters(probe).startProbe(lab, 'sv01', spec.stack.workload({}), 0)];
  const opened = openStage(spec, lab, journal, witnesses, probes, progress, controller.signal);
  return {
    ...opened,
    controller,
    watched,
    notes: progress.notes,
    kinds: () => journal.events.map((event) => event.kind),
    texts: (kind) => journal.events.filter((event) => event.kind === kind).map(({ text }) => text),
    events: (kind) => journal.events.filter((event) => event.kind === kind),
    nowMs: () => journal.nowMs(),
    sources: (kind) => journal.events.filter((event) => event.kind === kind).map(({ source }) => source),
  };
}

/** A fault that tells what is done with it. */
function toldFault(name: string, told: string[], changes: Partial<Fault> = {}): Fault {
  const tell = (what: string) => (): Promise<void> => {
    told.push(`${what} ${name}`);
    return Promise.resolve();
  };
  return {
    name,
    title: name,
    needs: [],
    inject: tell('inject'),
    proven: () => Promise.resolve({ proof: ['seen'], lostMs: 1 }),
    heal: tell('heal'),
    healed: tell('healed'),
    ...changes,
  };
}

describe('the stage', () => {
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean();
  });

  it('tells the writer of a client that it is about to be broken, waits for nobody who is away, and starts it again', async () => {
    const told: string[] = [];
    const { stage, kinds } = await rig(
      {},
      {
        away: true,
        acknowledged: 0,
        leave: () => told.push('leave'),
        restart: () => Promise.resolve(void told.push('restart')),
      },
    );
    await stage.inject(toldFault('elsewhere', []), 'nfs01');
    expect(told).to.deep.equal([]);
    await stage.inject(toldFault('power', told), 'sv01');
    await stage.clientsWrite({ timeoutMs: 1000 });
    await stage.caughtUp({ timeoutMs: 1000 });
    await stage.writerReturns('sv01');
    expect(told).to.deep.equal(['leave', 'inject power', 'restart']);
    expect(kinds()).to.include('writer-returned');
    expect(stage.clients).to.deep.equal(['sv01']);
    expect(await failureOf(stage.writerReturns('nfs01'))).to.be.instanceOf(UsageError);
  });

  it('leads a fault through its life and keeps its times', async () => {
    const told: string[] = [];
    const { stage, result, watched, kinds, healAll } = await rig();
    const fault = toldFault('halt', told);
    await stage.inject(fault, 'nfs01');
    await stage.heal(fault, 'nfs01');
    await healAll();
    expect(told).to.deep.equal(['inject halt', 'heal halt', 'healed halt']);
    expect(watched).to.deep.equal(['leave nfs01', 'rejoin nfs01']);
    expect(kinds()).to.include.members(['fault-injected', 'fault-proven', 'node-lost', 'fault-healed']);
    const [record] = result.faults;
    expect(record?.injectedMs).to.be.at.most(record?.provenMs ?? -1);
    expect(record?.provenMs).to.be.at.most(record?.healedMs ?? -1);
  });

  it('heals what is left in reverse order, each once, whatever one of them throws', async () => {
    const told: string[] = [];
    const { stage, healAll, notes } = await rig();
    const stubborn = toldFault('b', told, {
      heal: () => {
        told.push('heal b');
        return Promise.reject(new RigError('no power'));
      },
    });
    for (const [fault, node] of [
      [toldFault('a', told), 'nfs01'],
      [stubborn, 'nfs02'],
      [toldFault('c', told), 'sv01'],
    ] as const)
      await stage.inject(fault, node);
    told.length = 0;
    await healAll();
    await healAll();
    expect(told).to.deep.equal(['heal c', 'heal b', 'heal a']);
    expect(notes).to.deep.equal(['b on nfs02 could not be healed: no power']);
  });

  it('waits on request until what it heals is seen to be gone, whatever one of them throws', async () => {
    const told: string[] = [];
    const { stage, healAll, notes, watched, result } = await rig();
    const stubborn = toldFault('b', told, {
      healed: () => Promise.reject(new TimeoutError('boot', 1, 'off')),
    });
    await stage.inject(toldFault('a', told), 'nfs01');
    await stage.inject(stubborn, 'nfs02');
    told.length = 0;
    await healAll({ awaited: true });
    expect(told).to.deep.equal(['heal b', 'heal a', 'healed a']);
    expect(watched).to.include('rejoin nfs01').and.not.include('rejoin nfs02');
    expect(notes.join()).to.contain('b on nfs02 could not be healed');
    expect(result.faults.map(({ healedAt }) => healedAt === null)).to.deep.equal([false, true]);
    await healAll();
    expect(told.slice(3)).to.deep.equal(['heal b']);
  });

  it('heals a fault whose injection failed halfway, and one that was never proven', async () => {
    const told: string[] = [];
    const { stage, result, healAll } = await rig();
    const halfway = toldFault('a', told, { inject: () => Promise.reject(new RigError('lost')) });
    const unproven = toldFault('b', told, { proven: () => Promise.reject(new TimeoutError('it', 1, 'no')) });
    expect(await failureOf(stage.inject(halfway, 'nfs01'))).to.be.instanceOf(RigError);
    expect(await failureOf(stage.inject(unproven, 'nfs02'))).to.be.instanceOf(TimeoutError);
    await healAll();
    expect(told).to.deep.equal(['inject b', 'heal b', 'heal a']);
    expect(result.faults.map((fault) => [fault.provenAt, fault.healedAt === null])).to.deep.equal([
      [null, false],
      [null, false],
    ]);
  });

  it('tells when a fault is lifted, which is before it is seen to be gone', async () => {
    const { stage, kinds } = await rig();
    const seen: string[][] = [];
    const fault = toldFault('link-cut', [], {
      heal: () => Promise.resolve(void seen.push(kinds())),
      healed: () => Promise.resolve(void seen.push(kinds())),
    });
    await stage.inject(fault, 'nfs01');
    await stage.heal(fault, 'nfs01');
    expect(seen[0]).not.to.include('fault-lifted');
    expect(seen[1]?.slice(-1)).to.deep.equal(['fault-lifted']);
    expect(kinds().slice(-2)).to.deep.equal(['fault-lifted', 'fault-healed']);
  });

  it('knows when a fault was lifted as well as from the order and its answer, and no better', async () => {
    const { stage, events, nowMs } = await rig();
    let doneMs = 0;
    const fault = toldFault('disk-stall', [], {
      heal: async () => {
        doneMs = nowMs();
        // The guest has done it, and its answer takes its time.
        await new Promise((resolve) => setTimeout(resolve, 60));
      },
    });
    await stage.inject(fault, 'nfs01');
    await stage.heal(fault, 'nfs01');
    const [lifted] = events('fault-lifted');
    expect(lifted?.uncertaintyMs).to.be.above(25);
    expect(Math.abs((lifted?.atMs ?? Infinity) - doneMs)).to.be.at.most((lifted?.uncertaintyMs ?? 0) + 0.1);
  });

  it('hands on what a fault tells that comes and goes', async () => {
    const { stage, events, nowMs } = await rig();
    const fault = toldFault('flap', [], {
      inject: ({ tell }) => {
        tell('fault-struck', 'the cable is out', hostNowMs() - 40);
        return Promise.resolve();
      },
    });
    await stage.inject(fault, 'nfs01');
    const [struck] = events('fault-struck');
    expect(struck).to.include({ source: 'lab', node: 'nfs01', text: 'the cable is out' });
    expect(struck?.uncertaintyMs).to.be.at.least(20);
    expect(struck?.atMs).to.be.within(nowMs() - 1000, nowMs());
  });

  it('does not call a fault lifted that cannot be healed', async () => {
    const { stage, kinds } = await rig();
    const fault = toldFault('link-cut', [], { heal: () => Promise.reject(new RigError('stuck')) });
    await stage.inject(fault, 'nfs01');
    expect((await failureOf(stage.heal(fault, 'nfs01'))).message).to.equal('stuck');
    expect(kinds()).not.to.include('fault-lifted');
  });

  it('leaves a fault alone that the cluster has lifted, says so, and waits until it is gone', async () => {
    const told: string[] = [];
    const { stage, texts } = await rig();
    const fault = toldFault('halt', told, {
      liftedByCluster: () => Promise.resolve('nfs02 has had nfs01 rebooted'),
    });
    await stage.inject(fault, 'nfs01');
    await stage.heal(fault, 'nfs01');
    expect(told).to.deep.equal(['inject halt', 'healed halt']);
    expect(texts('fault-lifted')).to.deep.equal(['nfs02 has had nfs01 rebooted']);
  });

  it('leaves it alone also when it heals what a scenario left', async () => {
    const told: string[] = [];
    const { stage, healAll, result } = await rig();
    const lifted = toldFault('halt', told, { liftedByCluster: () => Promise.resolve('it boots') });
    const standing = toldFault('link-cut', told, { liftedByCluster: () => Promise.resolve(undefined) });
    await stage.inject(lifted, 'nfs01');
    await stage.inject(standing, 'nfs02');
    await healAll();
    expect(told.slice(2)).to.deep.equal(['heal link-cut']);
    expect(result.faults.map(({ healedAt }) => healedAt === null)).to.deep.equal([false, false]);
  });

  it('hands on when the blow was struck', async () => {
    const { stage, result } = await rig();
    let struckMs = NaN;
    const beforeMs = hostNowMs();
    const fault = toldFault('halt', [], {
      liftedByCluster: (_context, ms) => Promise.resolve(void (struckMs = ms)),
    });
    await stage.inject(fault, 'nfs01');
    const afterMs = hostNowMs();
    await stage.heal(fault, 'nfs01');
    expect(struckMs).to.be.within(beforeMs, afterMs);
    expect(result.faults[0]?.injectedMs).to.be.at.least(0);
  });

  it('tells how long a fault had stood at least when it was proven: from when it was struck for certain', async () => {
    const { stage } = await rig();
    const slow = toldFault('link-cut', [], {
      inject: () => pause(30),
      proven: () => pause(40).then(() => ({ proof: ['seen'] })),
    });
    const fromMs = performance.now();
    const { elapsedMs } = await stage.inject(slow, 'nfs01');
    expect(elapsedMs).to.be.within(35, performance.now() - fromMs - 25);
  });

  it('names who saw the last frame of a node that was lost', async () => {
    const fabric = await rig();
    await fabric.stage.inject(toldFault('halt', []), 'nfs01');
    expect(fabric.sources('node-lost')).to.deep.equal(['fabric']);
    const { lab } = fakeLab();
    const guests = await rig({}, {}, { lab: { ...lab, network: { ...lab.network, witness: 'guests' } } });
    await guests.stage.inject(toldFault('halt', []), 'nfs01');
    expect(guests.sources('node-lost')).to.deep.equal(['capture']);
  });

  it('hands on how long the cluster takes to notice, and keeps the outage of a window', async () => {
    const { stage, result } = await rig({ detectionMs: () => 7000 });
    expect(stage.detectionMs).to.equal(7000);
    const request = { name: 'outage', title: 'it', from: 'nfs01', cause: 'none', outageMs: 3500 } as const;
    await stage.window(request, () => Promise.resolve());
    expect(result.windows[0]).to.include({ outageMs: 3500, cause: 'none' });
  });

  it('does not heal what was not broken', async () => {
    const { stage } = await rig();
    expect(await failureOf(stage.heal(toldFault('a', []), 'nfs01'))).to.be.instanceOf(UsageError);
  });

  const waits: [
    string,
    Partial<Stack>,
    (stage: OpenStage['stage'], timeoutMs: number) => Promise<void>,
    string,
  ][] = [
    [
      'serviceOn',
      { active: () => Promise.resolve(['nfs01', 'nfs02']) },
      (stage, timeoutMs) => stage.serviceOn('nfs01', { timeoutMs }),
      'on nfs01 and nfs02',
    ],
    [
      'serviceOn when nobody answers',
      { active: () => new Promise(() => undefined) },
      (stage, timeoutMs) => stage.serviceOn('nfs01', { timeoutMs }),
      'did not answer',
    ],
    [
      'redundant',
      { redundant: () => Promise.resolve({ ok: false, found: 'SyncTarget' }) },
      (stage, timeoutMs) => stage.redundant({ timeoutMs }),
      'SyncTarget',
    ],
    ['clientsWrite', {}, (stage, timeoutMs) => stage.clientsWrite({ timeoutMs }), 'sv01: 0'],
  ];
  for (const [name, stack, wait, state] of waits) {
    it(`bounds ${name} and tells the last state`, async () => {
      const { stage } = await rig(stack, { acknowledged: 5 });
      const error = await failureOf(wait(stage, 30));
      expect(error).to.be.instanceOf(NotRecoveredError);
      expect(error.message).to.include(state);
    });

    it(`interrupts ${name}`, async () => {
      const { stage, controller } = await rig(stack, { acknowledged: 5 });
      const waiting = failureOf(wait(stage, 60_000));
      setImmediate(() => {
        controller.abort();
      });
      expect(await waiting).to.be.instanceOf(InterruptedError);
    });
  }

  it('interrupts active, observe, baseline, heal and inject', async () => {
    const forever = (context: { signal: AbortSignal }): Promise<never> =>
      pause(60_000, context.signal).then(() => Promise.reject(new Error('never')));
    const calls: ((opened: Rig) => Promise<unknown>)[] = [
      ({ stage }) => stage.active(),
      ({ stage }) => stage.observe(60_000),
      ({ stage }) => stage.baseline(60_000),
      ({ stage }) => stage.inject(toldFault('a', [], { inject: forever }), 'nfs01'),
      ({ stage }) => stage.inject(toldFault('a', [], { proven: forever }), 'nfs01'),
      async ({ stage }) => {
        const fault = toldFault('a', [], { healed: forever });
        await stage.inject(fault, 'nfs01');
        await stage.heal(fault, 'nfs01');
      },
    ];
    for (const call of calls) {
      const opened = await rig({ active: () => new Promise(() => undefined) });
      const running = failureOf(call(opened));
      await pause(5);
      opened.controller.abort();
      expect(await running).to.be.instanceOf(InterruptedError);
      expect(await failureOf(opened.stage.observe(1))).to.be.instanceOf(InterruptedError);
    }
  });

  it('notices at once when a writer ended', async () => {
    const { stage } = await rig({}, { acknowledged: 0, ended: true });
    const error = await failureOf(stage.clientsWrite({ timeoutMs: 60_000 }));
    expect(error.message).to.equal('the writer on sv01 ended by itself');
  });

  it('watches the undisturbed cluster from when the writers keep their schedule, and tells how often they write', async () => {
    let looks = 0;
    const { stage, kinds, texts } = await rig(
      {},
      {
        get behindMs() {
          return (looks += 1) < 3 ? 900 : 20;
        },
      },
    );
    await stage.baseline(1);
    expect(looks).to.equal(3);
    expect(kinds()).to.deep.equal(['step', 'schedule-kept', 'step']);
    expect(texts('schedule-kept')).to.deep.equal(['every client keeps its schedule, a write every 10 ms']);
  });

  it('closes a window whose scenario failed inside it', async () => {
    const { stage, result, kinds } = await rig();
    await failureOf(
      stage.window({ name: 'failover', title: 'it', from: 'nfs01', cause: 'node-lost' }, () =>
        Promise.reject(new RigError('x')),
      ),
    );
    expect(result.windows[0]?.endMs).to.be.at.least(result.windows[0]?.startMs ?? Infinity);
    expect(kinds()).to.include('window-closed');
  });

  it('takes no two servers for the active one', async () => {
    const { stage } = await rig({ active: () => Promise.resolve(['nfs01', 'nfs02']) });
    expect((await failureOf(stage.active())).message).to.include('found nfs01 and nfs02');
  });
});
