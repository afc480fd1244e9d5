import { expect } from 'chai';
import { judgeLock, noNfsLock } from '../../../lab/nfs-lock.ts';
import { lockFacts } from '../../fixtures/lock.ts';
import { stacks } from '../../../lab/cli/registry.ts';
import { parseRecord } from '../../../lab/record.ts';
import type { Prediction, RunRecord, Window } from '../../../lab/record.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { explain } from '../../../reports/explain.ts';
import type { ExplainedWindow } from '../../../reports/explain.ts';
import { isSurprising, standingOf } from '../../../reports/explain/prediction.ts';
import { renderHtml } from '../../../reports/html.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { renderExplanation } from '../../../reports/explain/text.ts';
import {
  brokenRecord,
  recordWithErrors,
  recordWithOpenStall,
  recordWithSilentClient,
} from '../../fixtures/bad-records.ts';
import { recordOfSchema1 } from '../../fixtures/old-record.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { readPage } from './page.ts';

function windowOf(record: RunRecord, name: string): ExplainedWindow {
  const window = explain(record).windows.find((each) => each.name === name);
  if (window === undefined) throw new Error(`no window ${name}`);
  return window;
}

/** The example record with its failover changed. */
function failover(change: (window: Window) => Partial<Window>): RunRecord {
  const record = exampleRecord();
  return {
    ...record,
    windows: record.windows.map((window) =>
      window.name === 'failover' ? { ...window, ...change(window) } : window,
    ),
  };
}

const predicted: Prediction = {
  floorSeconds: 8,
  expectedSeconds: 30,
  band: { fromSeconds: 20, toSeconds: 40 },
  terms: [{ name: 'detection', seconds: 9, from: 'deadtime=10' }],
  records: 3,
  basis: '3 earlier runs',
};

describe('an explanation', () => {
  it('names each part of a stall, what governs it and what ended it, in order', () => {
    const { parts, lead } = windowOf(exampleRecord(), 'failover');
    expect(lead).to.match(/^sv02 waited longest: 28\.412 s, from 0:05\.\d+ to 0:33\.\d+\.$/);
    expect(parts[0]).to.deep.include({ phase: 'detect', seconds: 9.104, governedBy: 'deadtime=10' });
    expect(parts[0]?.sentence).to.equal(
      '9.1 s of 28.4 s detect: the cluster waited for deadtime=10 before it called the silent server dead.',
    );
    expect(parts[0]?.evidence).to.equal(
      'Ended after 9.104 s, known to ±2.5 ms, with: heartbeat on nfs02: node nfs01: is dead.',
    );
    expect(parts.map((part) => part.phase)).to.deep.equal([
      'detect',
      'address',
      'promote',
      'mount',
      'serve',
      'reconnect',
    ]);
  });

  it('tells a phase that it has no words for by its name', () => {
    const record = failover(({ phases }) => ({
      phases: phases.map((phase) =>
        phase.name === 'mount' ? { ...phase, name: 'thaw', governedBy: 'the weather' } : phase,
      ),
    }));
    const { parts } = windowOf(record, 'failover');
    expect(parts[3]?.sentence).to.equal('2.2 s of 28.4 s thaw, governed by the weather.');
  });

  it('has words for every phase of every stack', () => {
    for (const stack of stacks)
      for (const changes of [{}, { fencing: 'host' }, { 'nfs.version': '4.1' }])
        for (const cause of ['node-lost', 'planned'] as const) {
          const known = Object.entries(changes).filter(([name]) =>
            stack.settings.some((setting) => setting.name === name),
          );
          const settings = resolveSettings(stack, 'current', Object.fromEntries(known));
          const takeover = { cause, from: 'nfs01', to: 'nfs02', emulated: true };
          for (const { name } of stack.phases(takeover, settings)) {
            const record = failover(({ phases }) => ({
              phases: phases.map((phase) => (phase.name === 'mount' ? { ...phase, name } : phase)),
            }));
            expect(windowOf(record, 'failover').parts[3]?.sentence).to.contain(` ${name}: `);
          }
        }
  });

  it('has parts that add up to the stall', () => {
    for (const window of explain(exampleRecord()).windows) {
      const total = window.parts.reduce((sum, part) => sum + (part.seconds ?? 0), 0);
      expect(total).to.be.closeTo(window.stallSeconds ?? -1, 1e-9);
    }
  });

  it('says what was not observed, and which phase holds its time', () => {
    const { parts } = windowOf(exampleRecord(), 'failback');
    expect(parts[1]).to.deep.include({
      phase: 'address',
      seconds: null,
      sentence: 'address: its end was not observed; its time is inside promote.',
    });
    expect(parts[2]?.sentence).to.contain('address, not observed, is in here too');
  });

  it('calls time that no phase holds unexplained', () => {
    const record = failover(({ phases }) => ({ phases: phases.slice(0, 1) }));
    expect(windowOf(record, 'failover').parts.at(-1)?.sentence).to.match(
      /^19\.3 s of 28\.4 s not attributed: no event of the record explains this time/,
    );
  });

  it('does not pretend to know what held a client up where nothing was to move', () => {
    const record = failover(({ phases }) => ({ phases: phases.slice(-1) }));
    const { parts, advice } = windowOf(record, 'failover');
    expect(parts[0]?.sentence).to.equal(
      '28.4 s: the service did not move in this window; what held the client up is not known.',
    );
    expect(advice).to.deep.equal([]);
  });

  it('holds phases against the terms that are meant for them, together where they share one', () => {
    const term = (name: string, seconds: number, phases: string[]) => ({
      name,
      seconds,
      from: `${name}!`,
      phases,
    });
    const record = failover(() => ({
      budget: {
        seconds: 40,
        terms: [
          term('detection', 10, ['detect']),
          term('silence', 1, ['promote']),
          term('takeover', 12, ['address', 'promote', 'mount', 'serve']),
          term('back-off', 17, ['reconnect']),
        ],
      },
    }));
    expect(windowOf(record, 'failover').budget).to.deep.equal([
      'The budget allowed 40 s; 11.6 s of it were left (71 % used).',
      'detect took 9.1 s, of the 10 s that the budget has for it (10 s detection: detection!).',
      'address, promote, mount and serve took 15.0 s, more than the 13 s that the budget has for them (1 s silence: silence!; 12 s takeover: takeover!).',
      'reconnect took 4.3 s, of the 17 s that the budget has for it (17 s back-off: back-off!).',
    ]);
  });

  it('says by how much a budget was exceeded, and nothing of phases where its terms name none', () => {
    const record = failover(({ budget }) => ({ budget: { ...budget, seconds: 20 } }));
    expect(windowOf(record, 'failover').budget).to.deep.equal([
      'The budget allowed 20 s; the stall was 8.4 s longer.',
    ]);
  });

  it('tells the difference between clients, or that there is none', () => {
    expect(windowOf(exampleRecord(), 'failover').clients).to.deep.equal([
      'sv01 waited 28.309 s, 103 ms less than sv02: it began 23 ms earlier and ended 126 ms earlier.',
    ]);
    expect(windowOf(exampleRecord(), 'failback').clients[0]).to.contain(
      'to within one interval of its schedule (100 ms)',
    );
    expect(windowOf(recordWithSilentClient(), 'failover').clients).to.deep.equal([
      'sv02 acknowledged nothing up to the end of this window: it has no stall.',
    ]);
  });

  it('tells stretches of errors apart from the stall, and whether the client waited for them', () => {
    const errors = (failures: { startMs: number; endMs: number; error: string }[]): string[] => {
      const record = exampleRecord();
      const clients = record.clients.map((client) =>
        client.name === 'sv01'
          ? client
          : {
              ...client,
              samples: {
                intervalMs: 100,
                dueMs: failures.map((each) => each.startMs),
                startMs: failures.map((each) => each.startMs),
                endMs: failures.map((each) => each.endMs),
                error: failures.map((each) => each.error),
              },
            },
      );
      return windowOf({ ...record, clients }, 'failover').errors;
    };
    const fail = (startMs: number, endMs: number, error: string) => ({ startMs, endMs, error });
    expect(
      errors([
        fail(6000, 14_000, 'EIO'),
        fail(14_000, 22_000, 'EIO'),
        fail(22_000, 22_004, 'EACCES'),
        fail(22_100, 22_104, 'EACCES'),
        fail(22_200, 23_000, 'EACCES'),
      ]),
    ).to.deep.equal([
      'Of the 28.4 s without an acknowledgement sv02 got errors for 1.0 s and was kept waiting for 27.4 s.',
      'sv02: 2 writes failed with EIO after waiting (half of them for 8.0 s or more, the slowest for 8.0 s), from 0:06.000 to 0:22.000 (16.0 s).',
      'sv02: 3 writes failed with EACCES at once (half of them within 4.0 ms, the slowest after 800 ms), from 0:22.000 to 0:23.000 (1.0 s).',
    ]);
    expect(errors([fail(6000, 14_000, 'EIO'), fail(14_020, 30_000, 'EIO')])).to.have.length(1);
    expect(errors([fail(133_300, 133_310, 'EIO')])).to.deep.equal([]);
    expect(windowOf(recordWithErrors(), 'failback').errors).to.deep.equal([]);
    expect(windowOf(recordWithErrors(), 'failover').errors).to.have.length(1);
  });

  it('tells errors that alternate kind by kind, and those of one kind apart only after a pause', () => {
    const record = exampleRecord();
    const kinds = (at: readonly (readonly [number, string])[]): string[] => {
      const clients = record.clients.slice(0, 1).map((client) => ({
        ...client,
        samples: {
          intervalMs: 100,
          dueMs: at.map(([ms]) => ms),
          startMs: at.map(([ms]) => ms),
          endMs: at.map(([ms]) => ms + 1),
          error: at.map(([, error]) => error),
        },
      }));
      return windowOf({ ...record, clients }, 'failover').errors.flatMap(
        (told) => /^sv01: \d+ writes? failed with \w+/.exec(told)?.[0] ?? [],
      );
    };
    const alternating = Array.from(
      { length: 40 },
      (_, i) => [6000 + 100 * i, i % 2 === 0 ? 'ETIMEDOUT' : 'ECONNREFUSED'] as const,
    );
    expect(kinds(alternating)).to.deep.equal([
      'sv01: 20 writes failed with ETIMEDOUT',
      'sv01: 20 writes failed with ECONNREFUSED',
    ]);
    expect(
      kinds([
        [6000, 'EIO'],
        [7000, 'EIO'],
        [20_000, 'EIO'],
      ]),
    ).to.deep.equal(['sv01: 2 writes failed with EIO', 'sv01: 1 write failed with EIO']);
  });

  it('counts what the wire shows of each client while it waited', () => {
    const record = exampleRecord();
    const at = (atMs: number, kind: string, node: string, subject = 'sv02'): RunRecord['events'][number] => ({
      atMs,
      uncertaintyMs: 0,
      source: 'fabric',
      kind,
      node,
      subject,
      text: kind,
    });
    const events = [
      at(4000, 'retransmission', 'sv02'),
      at(6000, 'retransmission', 'sv02'),
      at(12_000, 'retransmission', 'sv02'),
      at(31_000, 'connection-refused', 'nfs02'),
      at(32_000, 'connection-attempt', 'sv02'),
      at(32_000, 'connection-attempt', 'sv01', 'sv01'),
    ];
    const told = windowOf({ ...record, events }, 'failover').network;
    expect(told[0]).to.equal(
      `sv01 asked for a connection once, the last time ${told[0]?.match(/last time (.*) before/)?.[1] ?? '?'} before it wrote again.`,
    );
    expect(told[1]).to.match(/^sv02 sent data again twice, .*; the longest pause before one was 6\.0 s\.$/);
    expect(told[2]).to.match(/^sv02 asked for a connection once/);
    expect(told[3]).to.match(/^The service answered sv02 with a reset once, first at 0:31\.000/);
    expect(told).to.have.length(4);
  });

  it('tells of requests into a silence, of ARP, and of all tries of a client', () => {
    const at = (kind: string, text: string): RunRecord['events'][number] => ({
      atMs: 32_000,
      uncertaintyMs: 0,
      source: 'fabric',
      kind,
      node: 'sv02',
      text,
    });
    const events = [
      at(
        'request-unanswered',
        '192.168.33.12:959 -> 192.168.33.20:2049 ACK, 140 bytes, after 26.9 s of silence',
      ),
      at('address-asked', 'sv02 asks who has 192.168.33.20'),
      at('client-tries', 'sv02 tried 26.9 s into its stall'),
    ];
    const told = windowOf({ ...exampleRecord(), events }, 'failover').network;
    expect(told[0]).to.match(
      /^sv02 sent a request into a silence of the service once, .* after 26\.9 s of silence\.$/,
    );
    expect(told[1]).to.match(/^sv02 asked by ARP who has the address once/);
    expect(told.slice(2)).to.deep.equal(['sv02 tried 26.9 s into its stall.']);
  });

  it('tells who held the service through the whole run, and that nobody did at the same time', () => {
    expect(explain(exampleRecord()).throughout.slice(0, 3)).to.deep.equal([
      'Frames with the service address came from nfs01 from 0:00.000 to 0:05.031, nfs02 from 0:16.010 to 2:15.400, nfs01 from 2:17.300 on.',
      'The role of Primary was held by nfs01 from 0:00.000 to 0:05.031, nfs02 from 0:17.330 to 2:17.700, nfs01 from 2:19.600 on.',
      'At no time were there two at once: the service address and the role of the replicas were watched.',
    ]);
    expect(explain(exampleRecord({ tenures: [], locks: null })).throughout).to.deep.equal([]);
  });

  it('tells when two were there at once, by which MAC addresses, and of which of two addresses', () => {
    const held = {
      of: 'announcement' as const,
      node: 'nfs01',
      fromMs: 0,
      toMs: 152_000,
      subject: '10.0.0.1',
    };
    const told = explain(
      exampleRecord({
        locks: null,
        tenures: [
          { ...held, mac: 'aa' },
          { ...held, node: 'nfs02', mac: 'bb', fromMs: 9000, toMs: 14_000 },
          { ...held, node: 'nfs02', mac: 'cc', subject: '10.0.0.2' },
        ],
      }),
    ).throughout;
    expect(told).to.deep.equal([
      'The MAC address that ARP gave for the service address came from nfs01 (10.0.0.1) from 0:00.000 on, nfs02 (10.0.0.1) from 0:09.000 to 0:14.000, nfs02 (10.0.0.2) from 0:00.000 on.',
      'Two at once: the MAC address that ARP gave for the service address came from nfs01 (aa) and nfs02 (bb) for 5.0 s, from 0:09.000 on.',
    ]);
  });

  it('tells what became of a lock, how long a try waited, and what a kernel said', () => {
    const kernel = {
      atMs: 40_000,
      uncertaintyMs: 1,
      source: 'kernel' as const,
      node: 'sv01',
      kind: 'lock-not-reclaimed',
      text: 'lockd: failed to reclaim lock for pid 812 (errno 0, status 4)',
    };
    const lost = judgeLock(
      lockFacts({
        tries: [
          { startMs: 7000, endMs: 55_000, result: 'refused' },
          { startMs: 60_000, endMs: 60_100, result: 'granted' },
        ],
      }),
    );
    const told = explain(exampleRecord({ tenures: [], locks: lost, events: [kernel] })).throughout;
    expect(told).to.deep.equal([
      'The lock that sv01 held since 0:01.000 was lost: sv02 got it at 60.1 s, while sv01 held it since 1.0 s.',
      'The longest try took 48.0 s, from 0:07.000 on: no server answered it, or one that had just begun let clients reclaim first.',
      'The kernel of sv01 said “lockd: failed to reclaim lock for pid 812 (errno 0, status 4)”.',
    ]);
    const gaveUp = {
      source: 'cluster' as const,
      node: 'nfs02',
      kind: 'takeover-failed',
      text: 'CRIT: Giving up resources due to failure of drbddisk::r0',
      atMs: 45_200,
      uncertaintyMs: 4,
    };
    expect(explain(exampleRecord({ tenures: [], locks: null, events: [gaveUp] })).throughout).to.deep.equal([
      'nfs02 gave its takeover up at 0:45.200: “CRIT: Giving up resources due to failure of drbddisk::r0”.',
    ]);
    const none = explain(exampleRecord({ tenures: [], locks: noNfsLock })).throughout;
    expect(none).to.deep.equal([]);
    const local = judgeLock(lockFacts({ mountOptions: 'nolock' }));
    expect(explain(exampleRecord({ tenures: [], locks: local })).throughout[0]).to.match(
      /^The lock that sv01 held since 0:01\.000 was local: not held on the server/,
    );
  });

  it('tells who was kept from its processor in the stall, and only there', () => {
    const load = (late: [string, number, number][], share = 0.02, othersShare = 0.02, idle = 0): RunRecord =>
      exampleRecord({
        load: {
          watchdogs: [],
          late: late.map(([of, atMs, lateMs]) => ({ of, atMs, lateMs })),
          steal: [
            { fromMs: 20_000, toMs: 25_000, share },
            { fromMs: 60_000, toMs: 65_000, share: 0.9 },
          ],
          others: [{ fromMs: 20_000, toMs: 25_000, share: othersShare, idle }],
        },
      });
    expect(
      windowOf(
        load(
          [
            ['nfs02', 20_000, 300],
            ['nfs02', 21_000, 700],
            ['fabric', 22_000, 260],
            ['sv01', 60_000, 900],
          ],
          0.31,
        ),
        'failover',
      ).host,
    ).to.deep.equal([
      'nfs02 was kept from its processor twice, for 700 ms at worst.',
      'fabric was kept from its processor once, for 260 ms at worst.',
      'The hypervisor of this host kept up to 31 % of the processor time from it for some seconds.',
    ]);
    expect(windowOf(load([], 0.02, 0.4), 'failover').host).to.deep.equal([
      'Other programs of this host took up to 40 % of its processor time for some seconds, and none was idle.',
    ]);
    expect(windowOf(load([], 0.02, 0.4, 0.2), 'failover').host).to.deep.equal([]);
    expect(windowOf(load([['sv01', 60_000, 900]]), 'failover').host).to.deep.equal([]);
    expect(windowOf(exampleRecord(), 'failover').host).to.deep.equal([]);
  });

  it('passes on what the record holds about shortening a phase, and invents nothing beside it', () => {
    const shorten = [{ change: 'a smaller deadtime', risk: 'two active servers', source: 'ha.cf' }];
    const advised = failover(({ phases }) => ({
      phases: phases.map((phase) => (phase.name === 'detect' ? { ...phase, shorten } : phase)),
    }));
    const { advice } = windowOf(advised, 'failover');
    expect(advice).to.deep.equal([
      'detect, 9.1 s: a smaller deadtime. At risk: two active servers (ha.cf).',
      'No setting of the stack is known to govern address, promote and mount (5.4 s).',
      'The record holds nothing about changing what governs serve and reconnect (nfs.graceTime=10; nfs.mountOptions=hard,timeo=50).',
    ]);
    expect(windowOf(exampleRecord(), 'failover').advice.join(' ')).not.to.contain('At risk');
  });

  it('holds late heartbeats against a shorter timer only where no fault made them late', () => {
    const late = (atMs: number): RunRecord['events'][number] => ({
      atMs,
      uncertaintyMs: 1,
      source: 'cluster',
      kind: 'peer-late',
      text: 'Late heartbeat: Node nfs01: interval 5020 ms',
    });
    const about = (atMs: number): string =>
      windowOf(exampleRecord({ events: [late(atMs)] }), 'failover').advice.join(' ');
    expect(about(1000)).to.contain('heartbeats came late 1 times');
    expect(about(10_000)).not.to.contain('heartbeats came late');
  });

  it('says of a stall that is open that it is a lower bound', () => {
    const { lead, parts } = windowOf(recordWithOpenStall(), 'failover');
    expect(lead).to.match(/waited longest: at least .* and still when the window ended/);
    expect(parts).not.to.be.empty;
  });

  it('names what the figures rest on: emulation, a drawn phase, checks that would not judge', () => {
    const record = exampleRecord({
      blow: { seed: 7, run: 2, of: 5, heartbeatIntervalMs: 2000, waitMs: 640 },
      checks: [{ name: 'measurement-sound', verdict: 'unknown', message: 'the host was starved' }],
    });
    expect(explain(record).conditions).to.deep.equal([
      'The machines ran in software emulation: what a processor does took several times longer than on hardware, timers did not.',
      'The first fault came after a drawn wait of 640 ms of the 2.0 s between two heartbeats (seed 7, run 2 of 5).',
      'measurement-sound says unknown: the host was starved.',
    ]);
    expect(explain(exampleRecord({ accelerator: 'kvm' })).conditions).to.deep.equal([]);
  });

  it('explains a record of schema 1', () => {
    const old = parseRecord(JSON.stringify(recordOfSchema1()), 'old');
    const { parts, prediction } = windowOf(old, 'failover');
    expect(parts).to.have.length(6);
    expect(prediction).to.deep.equal([]);
  });

  it('has no window for a run that broke before one was opened', () => {
    const explained = explain(brokenRecord());
    expect(explained.windows).to.deep.equal([]);
    expect(explained.summary).to.contain('could not be judged');
  });
});

describe('a stall beside its prediction', () => {
  const standing = (change: Partial<Prediction>, seconds = 28.4): string =>
    standingOf({ ...failoverOf(seconds), prediction: { ...predicted, ...change } });
  function failoverOf(stallSeconds: number | null): Window {
    const window = exampleRecord().windows[0];
    if (window === undefined) throw new Error('no window');
    return { ...window, stallSeconds };
  }

  it('is within the band, or flagged for the side on which it is not', () => {
    expect(standing({})).to.equal('within the band');
    expect(standing({}, 45)).to.equal('above the band');
    expect(standing({}, 15)).to.equal('below the band');
    expect(standing({}, 7)).to.equal('below the floor');
  });

  it('is held against the floor alone where there is no band', () => {
    const alone = { expectedSeconds: null, band: null, records: 0 };
    expect(standing(alone)).to.equal('not predicted');
    expect(standing(alone, 7)).to.equal('below the floor');
    expect(standingOf({ ...failoverOf(28), prediction: null })).to.equal('not predicted');
    expect(standingOf({ ...failoverOf(null), prediction: predicted })).to.equal('not predicted');
  });

  it('that is open can only be too long', () => {
    const open = recordWithOpenStall().windows[0];
    if (open === undefined) throw new Error('no window');
    expect(standingOf({ ...open, prediction: predicted })).to.equal('open');
    const short = { ...predicted, band: { fromSeconds: 5, toSeconds: 10 } };
    expect(standingOf({ ...open, prediction: short })).to.equal('above the band');
    expect(isSurprising({ ...open, prediction: predicted })).to.equal(false);
  });

  it('is told with its terms and basis, and called unexpected where it is', () => {
    const told = (prediction: Prediction): string =>
      windowOf(
        failover(() => ({ prediction })),
        'failover',
      ).prediction.join(' ');
    expect(told(predicted)).to.equal(
      'Timers alone make a stall of at least 8.0 s. Expected: 30.0 s, between 20.0 s and 40.0 s, 3 earlier runs. It is made of 9.0 s detection: deadtime=10. Measured: 28.4 s, within that.',
    );
    expect(told({ ...predicted, band: { fromSeconds: 8, toSeconds: 20 } })).to.contain(
      'Unexpected: the stall is 8.4 s longer',
    );
    expect(told({ ...predicted, floorSeconds: 30, band: null, expectedSeconds: null })).to.contain(
      'Unexpected: the stall is shorter than that',
    );
  });
});

describe('a prediction in the reports', () => {
  const shown = (band: { fromSeconds: number; toSeconds: number }): string[] => {
    const record = failover(() => ({ prediction: { ...predicted, band } }));
    return [renderTerminal(record, { colour: false, width: 200 }), readPage(renderHtml(record)).text];
  };

  it('stands beside the budget, and is marked where the run was otherwise', () => {
    for (const text of shown({ fromSeconds: 20, toSeconds: 40 })) {
      expect(text).to.match(/predicted from 3 earlier runs: 30\.0\ss, between 20\.0\ss and 40\.0\ss/i);
      expect(text).not.to.match(/unexpected/i);
    }
    for (const text of shown({ fromSeconds: 20, toSeconds: 25 }))
      expect(text).to.match(/unexpected: above the band/i);
  });

  it('is left out where there is none', () => {
    expect(renderTerminal(exampleRecord(), { colour: false, width: 200 })).not.to.contain('predicted');
  });
});

describe('an explanation as text', () => {
  const text = (record: RunRecord, width = 80): string =>
    renderExplanation(explain(record), { colour: false, width });

  it('keeps to its width and says everything', () => {
    const shown = text(recordWithErrors(), 60);
    for (const line of shown.split('\n')) expect(line.length).to.be.at.most(60);
    const told = shown.replace(/\s+/g, ' ');
    expect(told).to.contain('the cluster waited for deadtime=10 before it called the silent server dead');
    expect(told).to.contain('Errors instead of waiting - sv02:');
  });

  it('lets no text of a guest move the cursor', () => {
    const hostile = '\u001b[2Jnode is dead';
    const record = failover(({ phases }) => ({
      phases: phases.map((phase) => ({ ...phase, evidence: hostile })),
    }));
    expect(text(record)).not.to.contain('\u001b');
    expect(text(record)).to.contain('node is dead');
  });
});
