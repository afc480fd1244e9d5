import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { noNfsLock } from '../../../lab/nfs-lock.ts';
import { crcOf, formatRecord, payloadOf } from '../../../lab/ledger.ts';
import type { ProbeData } from '../../../lab/probe.ts';
import { parseRecord } from '../../../lab/record.ts';
import { buildRecord, emptyRecord, type RunMaterial } from '../../../lab/run/build-record.ts';
import { startJournal } from '../../../lab/run/journal.ts';
import type { Scenario } from '../../../lab/scenario.ts';
import type { ReadBackResult } from '../../../lab/stack.ts';
import type { Sample } from '../../../lab/stall.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeSpec, fakeStack } from '../../fakes/stack.ts';

const scenario: Scenario = {
  name: 'hard-halt',
  title: 'It',
  question: '?',
  needs: [],
  run: () => Promise.resolve(),
  checks: [],
};
const intervalMs = 100;

/** A writer that is blocked from one time to another, and whose operations fail for a while after that. */
function probe(client: string, blockedMs: readonly [number, number], failing = 0): ProbeData {
  const samples: Sample[] = Array.from({ length: 600 }, (_, n) => {
    const dueMs = n * intervalMs;
    const blocked = dueMs >= blockedMs[0] && dueMs < blockedMs[1];
    const index = n - Math.ceil(blockedMs[0] / intervalMs);
    const error = blocked && index < failing ? 'EIO' : null;
    const endMs = (blocked && error === null ? blockedMs[1] : dueMs) + 2.125;
    return { dueMs, startMs: dueMs + 0.5, endMs, error };
  });
  const ledger = samples.flatMap(({ error }, sequence) =>
    error === null ? [{ sequence, crc: crcOf(payloadOf(client, sequence)) }] : [],
  );
  return { client, intervalMs, samples, ledger, path: `/mnt/${client}` };
}

const event = (atMs: number, kind: string, node = 'nfs02'): TimelineEvent => ({
  atMs,
  uncertaintyMs: 1,
  source: 'cluster',
  node,
  kind,
  text: kind,
});

function material(changes: Partial<RunMaterial> = {}): { material: RunMaterial; remove: () => void } {
  const stack = fakeStack({
    phases: () =>
      ['peer-dead', 'mounted', 'promoted'].map((name) => ({ name, matches: (each) => each.kind === name })),
    budget: () => ({ seconds: 45, terms: [{ name: 'detect', seconds: 12, from: 'deadtime=10' }] }),
  });
  const { lab } = fakeLab();
  const { spec, remove } = fakeSpec(lab, stack);
  const started = startJournal();
  const journal = {
    ...started,
    dropped: 0,
    nowMs: () => 60_000,
    events: [
      event(10_000, 'fault-injected', 'nfs01'),
      event(19_250.5, 'peer-dead'),
      event(22_000, 'promoted'),
    ],
  };
  const data = [probe('sv01', [10_050, 30_000]), probe('sv02', [10_050, 33_333], 20)];
  const fault = {
    name: 'halt',
    node: 'nfs01',
    injectedAt: null,
    provenAt: null,
    healedAt: null,
    injectedMs: 10_000,
    provenMs: 14_000,
    healedMs: null,
    proof: ['silence'],
  };
  return {
    remove,
    material: {
      spec,
      scenario,
      lab,
      journal,
      data,
      readBacks: null,
      final: null,
      versions: {},
      broken: null,
      blow: null,
      load: null,
      locks: null,
      earlier: [],
      hostFacts: { cores: '2' },
      stage: {
        windows: [
          {
            name: 'failover',
            title: 'it',
            cause: 'node-lost',
            startMs: 9_900,
            endMs: 45_000,
            takeover: { cause: 'node-lost', from: 'nfs01', to: 'nfs02' },
          },
          {
            name: 'rejoin',
            title: 'back',
            cause: 'none',
            startMs: 45_000,
            endMs: 59_000,
            takeover: { cause: 'planned', from: 'nfs02', to: 'nfs01' },
          },
        ] as RunMaterial['stage']['windows'],
        faults: [fault],
        expectedActive: 'nfs01',
      },
      files: [],
      ...changes,
    },
  };
}

describe('the record of a run', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean();
  });
  function built(changes: Partial<RunMaterial> = {}) {
    const { material: made, remove } = material(changes);
    cleanups.push(remove);
    return buildRecord(made);
  }

  it('can be written and read again as it is', () => {
    const record = built();
    expect(parseRecord(JSON.stringify(record), 'it')).to.deep.equal(record);
  });

  it('has the stall of the client that waited longest, cut into phases that add up to it', () => {
    const record = built();
    const [window] = record.windows;
    expect(window?.worst).to.equal('sv02');
    expect(record.stallSeconds).to.equal(
      Math.max(...record.clients.map((client) => client.stallSeconds ?? 0)),
    );
    expect(record.stallSeconds).to.be.closeTo(33.335 - 10.102, 0.002);
    const sum = record.phases.reduce((total, phase) => total + Math.round((phase.seconds ?? 0) * 1000), 0);
    expect(sum).to.equal(Math.round((record.stallSeconds ?? 0) * 1000));
    expect(record.phases.map((phase) => [phase.name, phase.observed])).to.deep.equal([
      ['peer-dead', true],
      ['mounted', false],
      ['promoted', true],
      ['reconnect', true],
    ]);
  });

  it('explains the way back of the client by its own tries, and tells those of every client', () => {
    const { material: made, remove } = material();
    cleanups.push(remove);
    const tried = ['sv01', 'sv02'].map((client) => event(29_000, 'retransmission', client));
    const { events } = made.journal;
    const record = buildRecord({ ...made, journal: { ...made.journal, events: [...events, ...tried] } });
    const text =
      'sv02 tried 18.9 s into its stall; the service was there 11.9 s into it, and the next try came 7.0 s later, 18.9 s after the stall began';
    expect(record.phases.at(-1)?.evidence).to.equal(`first acknowledgement (probe); ${text} (cluster)`);
    const told = record.events.filter((each) => each.kind === 'client-tries');
    expect(told.map((each) => each.node)).to.deep.equal(['sv01', 'sv02']);
    expect(told[1]).to.deep.include({ atMs: 29_000, text });
    expect(built().phases.at(-1)?.evidence).to.equal('first acknowledgement (probe)');
  });

  it('tells when a lock was taken, lost and given back', () => {
    const locks = {
      ...noNfsLock,
      holder: 'sv01',
      contender: 'sv02',
      outcome: 'lost' as const,
      reason: 'sv02 got it',
      takenMs: 800,
      lostMs: 31_000,
    };
    const record = built({ locks });
    expect(record.locks).to.deep.equal(locks);
    expect(
      record.events
        .filter((each) => each.kind.startsWith('lock'))
        .map(({ atMs, node, kind }) => [atMs, node, kind]),
    ).to.deep.equal([
      [800, 'sv01', 'lock-taken'],
      [31_000, 'sv02', 'lock-lost'],
    ]);
    expect(built({ locks: noNfsLock }).events.some((each) => each.kind.startsWith('lock'))).to.equal(false);
  });

  it('expects no takeover and no phases of one where nothing moves', () => {
    const rejoin = built().windows[1];
    expect(rejoin?.phases.map((phase) => phase.name)).to.deep.equal(['reconnect']);
    expect(rejoin?.budget.terms[0]?.name).to.equal('no takeover');
    expect(rejoin?.stallSeconds).to.equal(0);
  });

  /** One window in which nothing moves, and a fault that is lifted while clients wait. */
  function outage(
    changes: {
      outageMs?: number;
      cause?: 'none' | 'node-lost';
      outageEnds?: 'replication-lost' | 'service-started';
      waitsFor?: string;
    },
    kind = 'fault-lifted',
  ): ReturnType<typeof built> {
    const { material: made, remove } = material();
    cleanups.push(remove);
    const [window] = made.stage.windows;
    if (window === undefined) throw new Error('no window');
    const lifted = { ...event(20_000, kind, 'nfs01'), source: 'lab' as const };
    return buildRecord({
      ...made,
      journal: { ...made.journal, events: [...made.journal.events, lifted] },
      stage: { ...made.stage, windows: [{ ...window, cause: 'none', ...changes }] },
    });
  }

  it('allows clients an outage that a fault makes, as much again for TCP, and what nothing may exceed', () => {
    const [window] = outage({ outageMs: 5500 }).windows;
    expect(window?.budget.terms.map(({ name, seconds }) => [name, seconds])).to.deep.equal([
      ['outage', 5.5],
      ['retransmission', 5.5],
      ['no takeover', 5],
    ]);
    expect(window?.budget.seconds).to.equal(16);
    expect(window?.budget.terms[1]?.from).to.include('RFC 6298');
  });

  it('cuts the stall of an outage where the fault was lifted', () => {
    const [window] = outage({ outageMs: 5500 }).windows;
    expect(window?.phases.map(({ name, observed }) => [name, observed])).to.deep.equal([
      ['outage', true],
      ['reconnect', true],
    ]);
    const [first] = window?.phases ?? [];
    expect(first?.seconds).to.be.closeTo(20 - 10.102, 0.01);
    const sum = (window?.phases ?? []).reduce((total, { seconds }) => total + (seconds ?? 0), 0);
    expect(sum).to.be.closeTo(window?.stallSeconds ?? -1, 0.002);
  });

  it('ends an outage of the replication where DRBD gives its peer up: clients are answered at once then', () => {
    const made = outage({ outageMs: 10_500, outageEnds: 'replication-lost' }, 'replication-lost');
    const [window] = made.windows;
    expect(window?.phases.map(({ name, observed }) => [name, observed])).to.deep.equal([
      ['outage', true],
      ['reconnect', true],
    ]);
    expect(window?.budget.terms.map(({ name, seconds }) => [name, seconds])).to.deep.equal([
      ['outage', 10.5],
      ['no takeover', 5],
    ]);
    const lifted = outage({ outageMs: 10_500, outageEnds: 'replication-lost' }).windows[0];
    expect(lifted?.phases[0]?.observed).to.equal(false);
  });

  it('cuts the stall of servers without power into boot, waiting and start', () => {
    const { material: made, remove } = material();
    cleanups.push(remove);
    const [window] = made.stage.windows;
    if (window === undefined) throw new Error('no window');
    const events = [
      event(11_000, 'fault-lifted', 'nfs01'),
      event(14_000, 'fault-healed', 'nfs01'),
      event(19_000, 'resource-starting', 'nfs01'),
      event(22_000, 'serving', 'nfs01'),
    ];
    const waitsFor = 'wfc-timeout=60 of DRBD';
    const booting = { cause: 'none', outageMs: 60_000, outageEnds: 'service-started', waitsFor } as const;
    const [found] = buildRecord({
      ...made,
      journal: { ...made.journal, events },
      stage: { ...made.stage, windows: [{ ...window, ...booting }] },
    }).windows;
    expect(found?.phases.map(({ name, endMs }) => [name, endMs])).to.deep.equal([
      ['server-boot', 14_000],
      ['form', 19_000],
      ['start', 22_000],
      ['reconnect', found?.phases.at(-1)?.endMs],
    ]);
    expect(found?.phases[1]?.governedBy).to.equal(waitsFor);
    expect(found?.budget.terms[0]?.phases).to.deep.equal(['server-boot', 'form', 'start']);
  });

  it('allows no outage where none was announced, nor in a takeover', () => {
    const undisturbed = outage({}).windows[0];
    expect(undisturbed?.budget.terms.map(({ name }) => name)).to.deep.equal(['no takeover']);
    expect(undisturbed?.budget.seconds).to.equal(5);
    expect(undisturbed?.phases.map(({ name }) => name)).to.deep.equal(['reconnect']);
    const takeover = outage({ outageMs: 5500, cause: 'node-lost' }).windows[0];
    expect(takeover?.budget.seconds).to.equal(45);
    expect(takeover?.phases.map(({ name }) => name)).not.to.include('outage');
  });

  it('has an outage of nothing when it was announced so', () => {
    const [window] = outage({ outageMs: 0 }).windows;
    expect(window?.budget.seconds).to.equal(5);
    expect(window?.budget.terms).to.have.length(3);
  });

  it('counts errors by name and tells when operations failed instead of blocking', () => {
    const record = built();
    const client = record.clients[1];
    expect(client?.errors).to.deep.equal({ EIO: 20 });
    expect(client?.failing).to.have.length(1);
    expect((client?.operations ?? 0) - (client?.acknowledged ?? 0)).to.equal(20);
    expect(record.events.some((each) => each.kind === 'writes-fail' && each.node === 'sv02')).to.equal(true);
  });

  it('has its events in order and what the others noticed of a fault', () => {
    const record = built();
    const times = record.events.map((each) => each.atMs);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    expect(record.faults[0]?.proof).to.deep.equal([
      'silence',
      'nfs02 noticed after 9.3 s: peer-dead (cluster)',
    ]);
  });

  it('knows nothing of losses when nothing was read back, and the worst of what was', () => {
    expect(built().clients.map((client) => client.lost)).to.deep.equal([null, null]);
    const data = [probe('sv01', [10_050, 30_000])];
    const whole = (data[0]?.ledger ?? []).map(({ sequence }) => formatRecord('sv01', sequence));
    const text = (lines: string[], reader: string) => ({ client: 'sv01', reader, text: lines.join('') });
    const readBacks = {
      texts: [text(whole, 'client sv02'), text(whole.slice(2), 'replica nfs01'), text([], 'replica nfs02')],
      replicas: null,
    };
    const [client] = built({ data, readBacks }).clients;
    expect(client?.lost).to.equal(whole.length);
    expect(client?.readBacks.map((one) => one.lost)).to.deep.equal([0, 2, whole.length]);
  });

  it('does not count what a replica lacks that is cut off', () => {
    const data = [probe('sv01', [10_050, 30_000])];
    const whole = (data[0]?.ledger ?? []).map(({ sequence }) => formatRecord('sv01', sequence));
    const text = (lines: string[], reader: string) => ({ client: 'sv01', reader, text: lines.join('') });
    const stale = { ...text([], 'replica nfs01'), cutOff: true };
    const lost = (...texts: ReadBackResult['texts']): number | null | undefined =>
      built({ data, readBacks: { texts, replicas: null } }).clients[0]?.lost;
    expect(lost(text(whole, 'client sv02'), stale)).to.equal(0);
    expect(lost(text(whole.slice(2), 'client sv02'), stale)).to.equal(2);
    expect(lost(stale)).to.equal(null);
  });

  it('claims no stall of clients that acknowledged nothing', () => {
    const silent: ProbeData = { client: 'sv01', intervalMs, samples: [], ledger: [], path: '/mnt/x' };
    const record = built({ data: [silent] });
    expect(record.stallSeconds).to.equal(null);
    expect(record.windows[0]?.phases).to.deep.equal([]);
    expect(parseRecord(JSON.stringify(record), 'it').clients[0]?.stallSeconds).to.equal(null);
  });

  it('that never began is valid and unknown', () => {
    const { material: made, remove } = material();
    cleanups.push(remove);
    const record = emptyRecord(made.spec, scenario, 'qemu cannot fly');
    expect(parseRecord(JSON.stringify(record), 'it')).to.deep.equal(record);
    expect(record.verdict).to.equal('unknown');
    expect(record.id).to.match(/^\d{8}T\d{6}Z-fake-stack-hard-halt-[0-9a-f]{4}$/);
  });
});

describe('the journal', () => {
  it('tells times on the clock of the run and counts what it does not keep', () => {
    const journal = startJournal();
    journal.note({ source: 'lab', kind: 'log', text: 'x' }, journal.zeroMs + 12.3456789, 0.5);
    expect(journal.events[0]).to.include({ atMs: 12.346, uncertaintyMs: 0.5 });
    expect(journal.nowMs()).to.be.closeTo(hostNowMs() - journal.zeroMs, 5);
    expect(journal.iso(1500)).to.equal(new Date(journal.startedAt.getTime() + 1500).toISOString());
    for (let i = 0; i < 20_000; i++) journal.note({ source: 'lab', kind: 'log', text: 'x' });
    expect([journal.events.length, journal.dropped]).to.deep.equal([20_000, 1]);
  });
});
