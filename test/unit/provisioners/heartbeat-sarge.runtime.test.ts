import { expect } from 'chai';
import { cutIntoPhases } from '../../../lab/attribution.ts';
import { RigError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Settings } from '../../../lab/stack.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { health, redundant } from '../../../provisioners/heartbeat-sarge/health.ts';
import { replicated, topology } from '../../../provisioners/heartbeat-sarge/layout.ts';
import {
  active,
  parseState,
  stateCommand,
  viewOf,
} from '../../../provisioners/heartbeat-sarge/server-state.ts';
import { budget, patience, phases } from '../../../provisioners/heartbeat-sarge/takeover.ts';
import {
  isStandbyCutOff,
  judgeVerify,
  parseEncoded,
  readStandby,
} from '../../../provisioners/parts/replicas.ts';
import { serverConditions } from '../../../provisioners/parts/server-health.ts';
import type { Reachable } from '../../../provisioners/parts/servers.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';

function settings(overrides: Record<string, string> = {}): Settings {
  return resolveSettings(heartbeatSarge, 'current', overrides);
}

function procDrbd(
  roles: string,
  { connection = 'Connected', disks = 'UpToDate/UpToDate', oos = 0 } = {},
): string {
  return [
    'version: 8.4.11 (api:1/proto:86-101)',
    'srcversion: 6E5F1B1A2C3D4E5F6A7B8C9',
    ` 0: cs:${connection} ro:${roles} ds:${disks} C r-----`,
    `    ns:10384 nr:0 dw:10384 dr:1749 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:${String(oos)}`,
    '',
  ].join('\n');
}

function stateText(peer: string, options: { serving?: boolean; link?: string; drbd?: string } = {}): string {
  const { serving = true, link = 'up' } = options;
  const { drbd = procDrbd(serving ? 'Primary/Secondary' : 'Secondary/Primary') } = options;
  return [
    '=== peer',
    peer,
    '=== link0',
    link,
    '=== addresses',
    '3: eth1    inet 192.168.33.21/24 brd 192.168.33.255 scope global eth1\\       valid_lft forever',
    ...(serving ? ['3: eth1    inet 192.168.33.20/24 brd 192.168.33.255 scope global secondary eth1:0'] : []),
    '=== mounts',
    '/dev/vda / ext4 rw,relatime 0 0',
    ...(serving ? ['/dev/drbd0 /data ext4 rw,relatime 0 0'] : []),
    '=== threads',
    ...(serving ? ['8'] : []),
    '=== drbd',
    drbd,
  ].join('\n');
}

/** A lab whose nodes answer a command with a text, or do not answer. */
function answering(answers: Readonly<Record<string, string>>): Reachable {
  return {
    topology: topology('current'),
    machine: (node) => ({
      exec: () => {
        const stdout = answers[node];
        return stdout === undefined
          ? Promise.reject(new RigError(`${node} does not answer`))
          : Promise.resolve({ stdout, stderr: '', status: 0 });
      },
    }),
  };
}

const well = { nfs01: stateText('active'), nfs02: stateText('active', { serving: false }) };

describe('the state of heartbeat-sarge', () => {
  it('is healthy when both see each other and only nfs01 serves', async () => {
    const conditions = await health(answering(well), settings(), { thorough: false });
    expect(conditions).to.have.length(6);
    expect(conditions.filter((condition) => !condition.ok)).to.deep.equal([]);
  });

  const ill: [string, Record<string, string>][] = [
    ['a server does not answer', { nfs01: well.nfs01 }],
    ['a peer is dead', { ...well, nfs01: stateText('dead') }],
    ['the link to a peer is dead', { ...well, nfs01: stateText('active', { link: 'dead' }) }],
    ['both serve', { nfs01: well.nfs01, nfs02: well.nfs01 }],
    ['nobody serves', { nfs01: well.nfs02, nfs02: well.nfs02 }],
    ['the other one serves', { nfs01: well.nfs02, nfs02: well.nfs01 }],
    [
      'a part is left on the standby',
      { ...well, nfs02: well.nfs02.replace('=== mounts', '=== mounts\n/dev/drbd0 /data ext4 rw 0 0') },
    ],
    ['nfsd has no threads', { ...well, nfs01: well.nfs01.replace('\n8\n', '\n0\n') }],
    [
      'a replica is inconsistent',
      { ...well, nfs01: well.nfs01.replace('UpToDate/UpToDate', 'UpToDate/Inconsistent') },
    ],
    ['the replicas are apart', { ...well, nfs02: well.nfs02.replace('cs:Connected', 'cs:WFConnection') }],
    ['DRBD is unconfigured', { ...well, nfs02: stateText('active', { serving: false, drbd: '' }) }],
  ];
  for (const [what, answers] of ill)
    it(`is not healthy when ${what}`, async () => {
      const conditions = await health(answering(answers), settings(), { thorough: false });
      const broken = conditions.filter((condition) => !condition.ok);
      expect(broken).not.to.be.empty;
      for (const condition of broken) expect(condition.found).not.to.equal('');
    });

  it('is not healthy when a client reads something else than was written', async () => {
    const mounts = (version: string, options: string): string =>
      `192.168.33.20:/data/export /data nfs rw,relatime,vers=${version},${options},addr=192.168.33.20 0 0\n`;
    const sv01 = `${mounts('3', 'hard,proto=tcp,timeo=600,retrans=2,sec=sys')}=== sv01\nstale\n=== sv02\n`;
    const conditions = await health(
      answering({ ...well, sv01, sv02: mounts('4.2', 'soft,proto=tcp,timeo=50,retrans=2,sec=sys') }),
      settings(),
      { thorough: true },
    );
    const broken = conditions.filter((condition) => !condition.ok);
    expect(broken[0]).to.deep.equal({
      what: 'sv02 has mounted NFS 3, hard, timeo=600, retrans=2',
      ok: false,
      found: 'NFS 4.2, soft, timeo=50, retrans=2',
    });
    expect(broken.slice(1).map((condition) => condition.what)).to.deep.equal([
      'sv01 reads what every client wrote',
      'sv02 reads what every client wrote',
    ]);
  });

  it('wants the service on the first server where it fails back, and on either one where it does not', async () => {
    const moved = { nfs01: stateText('active', { serving: false }), nfs02: stateText('active') };
    const broken = async (answers: Readonly<Record<string, string>>, failsBack: boolean): Promise<string[]> =>
      (await health(answering(answers), settings({ autoFailback: String(failsBack) }), { thorough: false }))
        .filter((condition) => !condition.ok)
        .map((condition) => condition.what);
    expect(await broken(moved, false)).to.deep.equal([]);
    expect(await broken(moved, true)).to.deep.equal([
      'nfs01 holds the service',
      'nfs02 holds no part of the service',
    ]);
    const both = { nfs01: stateText('active'), nfs02: stateText('active') };
    expect(await broken(both, false)).to.deep.equal(['nfs02 holds no part of the service']);
    const none = { nfs01: moved.nfs01, nfs02: moved.nfs01 };
    expect(await broken(none, false)).to.deep.equal(['nfs01 holds the service']);
  });

  it('needs both links where heartbeat has two', async () => {
    const serial = settings({ 'heartbeat.media': 'eth+serial' });
    const withLine = (state: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(well).map(([server, text]) => [
          server,
          text.replace('=== addresses', `=== link1\n${state}\n=== addresses`),
        ]),
      );
    const found = async (answers: Record<string, string>): Promise<string[]> =>
      (await health(answering(answers), serial, { thorough: false }))
        .filter((condition) => !condition.ok)
        .map((condition) => condition.found);
    expect(await found(withLine('up'))).to.deep.equal([]);
    expect(await found(withLine('dead'))).to.deep.equal([
      'nfs02 active, link eth1 up, link /dev/ttyS1 dead',
      'nfs01 active, link eth1 up, link /dev/ttyS1 dead',
    ]);
  });

  it('lets NFSv4 clients reclaim on the server that serves', async () => {
    const v4 = settings({ 'nfs.version': '4.2', 'nfs.leaseTime': '20', 'nfs.graceTime': '30' });
    const list = '/data/nfs/nfsdcld/main.sqlite';
    const kept = (lease: string, grace: string, clients: string): Record<string, string> => ({
      ...well,
      nfs01: `${well.nfs01}\n=== lease\n${lease}\n=== grace\n${grace}\n=== clients\n${clients}\n`,
    });
    const found = async (answers: Record<string, string>): Promise<string[]> =>
      (await health(answering(answers), v4, { thorough: false }))
        .filter((condition) => !condition.ok)
        .map((condition) => condition.found);
    expect(await found(kept('20', '30', list))).to.deep.equal([]);
    expect(await found(kept('90', '30', list))).to.deep.equal([`lease 90 s, grace 30 s, ${list}`]);
    expect((await found(kept('20', '90', list)))[0]).to.match(/grace 90 s/);
    expect((await found(kept('20', '30', '')))[0]).to.match(/no list of clients on the replicated device/);
    expect((await found(well))[0]).to.match(/lease undefined s/);
  });

  it('is asked for links and reclaims only where that is wanted', () => {
    const plain = stateCommand('nfs02', { links: ['eth1'], reclaim: false });
    expect(plain).to.include('cl_status hblinkstatus nfs02 eth1').and.not.include('nfsv4leasetime');
    const all = stateCommand('nfs02', { links: ['eth1', '/dev/ttyS1'], reclaim: true });
    expect(all).to.include("echo '=== link1'; cl_status hblinkstatus nfs02 /dev/ttyS1 ");
    expect(all).to.include('/proc/fs/nfsd/nfsv4gracetime').and.include('/data/nfs/nfsdcld/main.sqlite');
  });

  it('names the servers that serve; one that does not answer is none', async () => {
    expect(await active(answering(well))).to.deep.equal(['nfs01']);
    expect(await active(answering({ nfs02: well.nfs01 }))).to.deep.equal(['nfs02']);
    expect(await active(answering({ nfs01: well.nfs01, nfs02: well.nfs01 }))).to.deep.equal([
      'nfs01',
      'nfs02',
    ]);
    expect(await active(answering({}))).to.deep.equal([]);
  });

  it('is redundant only when both servers say so', async () => {
    expect((await redundant(answering(well))).ok).to.equal(true);
    const resyncing = { ...well, nfs02: well.nfs02.replace('cs:Connected', 'cs:SyncTarget') };
    expect(await redundant(answering(resyncing))).to.deep.equal({
      ok: false,
      found:
        'nfs01: Connected Primary/Secondary UpToDate/UpToDate; nfs02: SyncTarget Secondary/Primary UpToDate/UpToDate',
    });
    expect((await redundant(answering({ nfs01: well.nfs01 }))).ok).to.equal(false);
  });

  it('will not be redundant by itself again when a server stands alone after a split brain', async () => {
    const parted = { ...well, nfs02: well.nfs02.replace('cs:Connected', 'cs:StandAlone') };
    expect(await redundant(answering(parted))).to.include({ ok: false, stuck: true });
    const waiting = { ...well, nfs02: well.nfs02.replace('cs:Connected', 'cs:WFConnection') };
    expect((await redundant(answering(waiting))).stuck).to.equal(undefined);
  });

  it('is read from a node whose programs only complain', () => {
    const state = parseState(
      '=== peer\ncl_status: command not found\n=== link0\n=== addresses\n=== mounts\n=== threads\n=== drbd\n',
      ['eth1'],
    );
    expect(
      serverConditions('nfs02', 'nfs01', viewOf(state), false).map((condition) => condition.ok),
    ).to.deep.equal([false, false, false]);
  });
});

const lost = { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true } as const;
const planned = { cause: 'planned', from: 'nfs02', to: 'nfs01', emulated: true } as const;

describe('the schedule of the writers', () => {
  const intervalMs = (overrides: Record<string, string>): number =>
    heartbeatSarge.workload(settings(overrides)).intervalMs;

  it('leaves room for what a write of the protocol version costs, unless it is given', () => {
    expect(intervalMs({})).to.equal(200);
    expect(intervalMs({ 'nfs.version': '4.1' })).to.equal(250);
    expect(intervalMs({ 'nfs.version': '4.2' })).to.equal(250);
    expect(intervalMs({ 'nfs.version': '4.2', 'probe.intervalMs': '100' })).to.equal(100);
    expect(intervalMs({ 'probe.intervalMs': '2s' })).to.equal(2000);
  });

  it('lets a client that writes NFSv4 catch up with a failover and a failback in less than the time that they took', () => {
    const usualWriteMs = 80;
    const share = usualWriteMs / intervalMs({ 'nfs.version': '4.2' });
    expect(share / (1 - share)).to.be.below(0.5);
    expect(usualWriteMs / (100 - usualWriteMs)).to.equal(4);
  });
});

describe('the budget of a takeover', () => {
  it('is the sum of its terms, each with its source', () => {
    for (const takeover of [lost, planned]) {
      const { seconds, terms } = budget(takeover, settings());
      expect(seconds).to.be.closeTo(
        terms.reduce((total, term) => total + term.seconds, 0),
        1e-9,
      );
      for (const term of terms) expect(term.from).to.have.length.above(10);
    }
  });

  it('grows with deadtime when a node is lost, and not when the service moves on purpose', () => {
    const slower = settings({ deadtime: '30' });
    expect(budget(lost, slower).seconds - budget(lost, settings()).seconds).to.be.at.least(20);
    expect(budget(planned, slower).seconds).to.equal(budget(planned, settings()).seconds);
  });

  it('is tighter where machines are not emulated, and never below the timeo of the mount', () => {
    const fast = budget({ ...lost, emulated: false }, settings());
    expect(fast.seconds).to.be.below(budget(lost, settings()).seconds);
    expect(fast.seconds).to.be.at.least(60);
    const patient = settings({ 'nfs.mountOptions': 'hard,proto=tcp,timeo=3000' });
    expect(budget(lost, patient).seconds).to.be.at.least(300);
  });

  it('contains what was measured by hand: 28.4 s', () => {
    expect(budget(lost, settings()).seconds).to.be.within(28.4, 120);
  });

  it('waits for DRBD when heartbeat is quicker', () => {
    const term = (overrides: Record<string, string>): number =>
      budget(lost, settings(overrides)).terms.find(({ name }) => name === 'silence of DRBD')?.seconds ?? NaN;
    expect(term({ deadtime: '5', warntime: '3' })).to.equal(5.5);
    expect(term({ deadtime: '20' })).to.equal(0);
  });

  it('has the grace period for NFSv4 only, as far as it outlasts the way back of the clients', () => {
    const term = (name: string, overrides: Record<string, string>): number | undefined =>
      budget(lost, settings(overrides)).terms.find((each) => each.name === name)?.seconds;
    expect(term('grace', {})).to.equal(undefined);
    expect(term('another try', {})).to.equal(undefined);
    // Away for 42.5 s at most, back-off as long again, and 3 s for a refused connection: 45.5 s go by anyway.
    expect(term('grace', { 'nfs.version': '4.1' })).to.equal(90 - 45.5);
    expect(term('another try', { 'nfs.version': '4.1' })).to.equal(15);
    const short = { 'nfs.version': '4.2', 'nfs.leaseTime': '10', 'nfs.graceTime': '15' };
    expect(term('grace', short)).to.equal(0);
    const v3 = budget(lost, settings()).seconds;
    expect(budget(lost, settings(short)).seconds).to.equal(v3 + 15);
  });

  it('has the way of a heartbeat over a serial line, when a node is lost', () => {
    const media = { 'heartbeat.media': 'eth+serial' };
    const longer = (takeover: typeof lost | typeof planned): number =>
      budget(takeover, settings(media)).seconds - budget(takeover, settings()).seconds;
    // The clients back off as long again as the service is away: 2000 bits at 19,200 baud, twice, each in tenths upwards.
    expect(longer(lost)).to.be.closeTo(0.2 + 0.2, 1e-9);
    expect(longer(planned)).to.equal(0);
  });

  it('is shorter than the patience', () => {
    expect(patience(settings()).takeoverMs).to.be.above(1000 * budget(lost, settings()).seconds);
    expect(patience(settings()).failbackMs).to.be.above(1000 * budget(planned, settings()).seconds);
  });
});

describe('the phases of a takeover', () => {
  const event = (node: string, kind: string, subject?: string): TimelineEvent => ({
    atMs: 0,
    uncertaintyMs: 0,
    source: 'cluster',
    node,
    kind,
    text: '',
    ...(subject === undefined ? {} : { subject }),
  });
  const run = [
    event('nfs02', 'peer-late', 'nfs01'),
    event('nfs02', 'peer-dead', 'nfs01'),
    event('nfs02', 'takeover-begun', 'nfs01'),
    event('nfs02', 'resource-starting', 'IPaddr'),
    event('nfs02', 'resource-starting', 'drbddisk'),
    event('nfs02', 'promoted', 'r0'),
    event('nfs02', 'resource-starting', 'Filesystem'),
    event('nfs02', 'mounted', 'drbd0'),
    event('nfs02', 'resource-starting', 'nfs-kernel-server'),
    event('nfs02', 'serving'),
  ];
  const ends = (
    events: readonly TimelineEvent[],
    takeover: Parameters<typeof phases>[0],
  ): (string | undefined)[] => {
    let after = -1;
    const markers = phases(takeover, settings());
    expect(markers.at(-1)?.name).to.equal('reconnect');
    return markers.slice(0, -1).map((marker) => {
      const found = events.findIndex((each, n) => n > after && marker.matches(each));
      if (found === -1) return undefined;
      after = found;
      return `${marker.name} ${String(found)}`;
    });
  };

  it('end one after the other, in the order of haresources', () => {
    expect(ends(run, lost)).to.deep.equal(['detect 1', 'address 4', 'promote 5', 'mount 7', 'serve 9']);
  });

  it('take the next script for the end of one whose own event is missing', () => {
    const blind = run.filter(({ kind }) => kind !== 'promoted' && kind !== 'mounted');
    expect(ends(blind, lost)).to.deep.equal(['detect 1', 'address 4', 'promote 5', 'mount 6', 'serve 7']);
  });

  it('do not take for served what heartbeat calls complete after it has given up', () => {
    const givenUp = [
      ...run.slice(0, 5),
      event('nfs02', 'takeover-failed', 'drbddisk::r0'),
      event('nfs02', 'takeover-complete', 'nfs01'),
    ];
    expect(ends(givenUp, lost)).to.deep.equal(['detect 1', 'address 4', undefined, undefined, undefined]);
  });

  it('do not end by what happens on the other node', () => {
    expect(
      ends(
        run.map((each) => ({ ...each, node: 'nfs01' })),
        lost,
      ),
    ).to.deep.equal(Array.from({ length: 5 }, () => undefined));
  });

  it('begin with the release when the service moves on purpose', () => {
    const back = [
      event('nfs02', 'standby-requested', 'nfs02'),
      event('nfs02', 'release-begun', 'nfs01'),
      event('nfs02', 'demoted', 'r0'),
      ...run.slice(2).map((each) => ({ ...each, node: 'nfs01' })),
    ];
    expect(ends(back, planned)).to.deep.equal([
      'held-up 0',
      'release 3',
      'address 5',
      'promote 6',
      'mount 8',
      'serve 10',
    ]);
  });

  it('have the way back and the grace period apart where the clients use NFSv4', () => {
    const v4 = settings({ 'nfs.version': '4.2', 'nfs.graceTime': '100' });
    const names = phases(lost, v4).map((marker) => marker.name);
    expect(names.slice(-4)).to.deep.equal(['serve', 'reconnect', 'grace', 'resume']);
    const [reconnect, grace] = phases(lost, v4).slice(-3);
    expect(reconnect?.governedBy).to.contain('timeo=600');
    expect(reconnect?.matches(event('nfs02', 'connection-accepted', 'sv01'), 'sv01')).to.equal(true);
    for (const [other, client] of [
      [event('nfs02', 'connection-accepted', 'sv02'), 'sv01'],
      [event('nfs01', 'connection-accepted', 'sv01'), 'sv01'],
      [event('nfs02', 'connection-refused', 'sv01'), 'sv01'],
      [event('nfs02', 'connection-accepted'), undefined],
    ] as const)
      expect(reconnect?.matches(other, client)).to.equal(false);
    expect(grace?.governedBy).to.equal('the last client to reclaim, nfs.graceTime=100 at most');
    expect(grace?.matches(event('nfs02', 'grace-ended'))).to.equal(true);
    for (const other of [event('nfs01', 'grace-ended'), event('nfs02', 'grace-begun')])
      expect(grace?.matches(other)).to.equal(false);
    expect(phases(lost, settings()).map((marker) => marker.name)).not.to.include('grace');
  });

  /** A failover that was measured with NFS 4.2: sv01 came back at once, sv02 when its back-off let it. */
  const backTwice = [
    { ...event('nfs02', 'serving'), atMs: 28_701 },
    { ...event('nfs02', 'connection-accepted', 'sv01'), atMs: 29_021 },
    { ...event('nfs02', 'connection-accepted', 'sv02'), atMs: 39_079 },
    { ...event('nfs02', 'grace-ended'), atMs: 39_194 },
  ];
  const wayBack = (
    client: string,
    endMs: number,
    events: readonly TimelineEvent[] = backTwice,
  ): [string, number | null][] =>
    cutIntoPhases(
      { client, startMs: 28_000, endMs, open: false, seconds: (endMs - 28_000) / 1000 },
      phases(lost, settings({ 'nfs.version': '4.2' })),
      events,
    )
      .slice(-3)
      .map(({ name, seconds }) => [name, seconds]);

  it('count the back-off of the last client to reclaim as its way back, not as the grace period that it ended', () => {
    expect(wayBack('sv02', 39_308)).to.deep.equal([
      ['reconnect', 10.378],
      ['grace', 0.115],
      ['resume', 0.114],
    ]);
  });

  it('count the grace period from when the client is there, and not where it wrote while that ran', () => {
    expect(wayBack('sv01', 39_308)).to.deep.equal([
      ['reconnect', 0.32],
      ['grace', 10.173],
      ['resume', 0.114],
    ]);
    expect(wayBack('sv01', 29_202)).to.deep.equal([
      ['reconnect', 0.32],
      ['grace', null],
      ['resume', 0.181],
    ]);
  });

  it('say so where nobody saw the client come back: its time is then in the next phase that was seen', () => {
    const unseen = backTwice.filter(({ subject }) => subject !== 'sv02');
    expect(wayBack('sv02', 39_308, unseen)).to.deep.equal([
      ['reconnect', null],
      ['grace', 10.493],
      ['resume', 0.114],
    ]);
  });

  it('name the setting that governs detection', () => {
    expect(phases(lost, settings({ deadtime: '20' }))[0]?.governedBy).to.equal('deadtime=20');
  });
});

describe('reading back', () => {
  it('decodes a line per file and takes a dash for a file that is not there', () => {
    const text = '1 sv01 äöü\n2 sv01\n';
    expect(
      parseEncoded(`${Buffer.from(text).toString('base64')}\n-\n`, 'client sv02', [
        { client: 'sv01' },
        { client: 'sv03' },
        { client: 'sv04' },
      ]),
    ).to.deep.equal([
      { client: 'sv01', reader: 'client sv02', text },
      { client: 'sv03', reader: 'client sv02', text: '' },
      { client: 'sv04', reader: 'client sv02', text: '' },
    ]);
  });

  it('calls replicas identical only when a finished verify found nothing', () => {
    expect(judgeVerify(procDrbd('Primary/Secondary'), 0, 'm')?.identical).to.equal(true);
    expect(judgeVerify(procDrbd('Primary/Secondary', { oos: 4 }), 0, 'm')).to.include({
      identical: false,
      found: '4 KiB out of sync',
    });
    expect(judgeVerify(procDrbd('Primary/Secondary', { connection: 'VerifyS' }), 0, 'm')).to.equal(null);
    expect(judgeVerify('', 0, 'm')).to.equal(null);
  });

  it('calls a standby cut off that DRBD itself does not call up to date', async () => {
    const isCutOff = (text: string): Promise<boolean> =>
      isStandbyCutOff(
        { ...fakeLab(() => ({ stdout: text })), topology: topology('current') },
        'nfs01',
        { minor: 0 },
        new AbortController().signal,
      );
    const connected = procDrbd('Primary/Secondary');
    expect(await isCutOff(connected)).to.equal(false);
    expect(
      await isCutOff(procDrbd('Primary/Secondary', { connection: 'StandAlone', disks: 'UpToDate/DUnknown' })),
    ).to.equal(true);
    const comparing = procDrbd('Primary/Secondary', { connection: 'VerifyS' });
    expect(await isCutOff(comparing), 'being compared').to.equal(false);
    expect(await isCutOff(procDrbd('Primary/Secondary', { disks: 'UpToDate/Inconsistent' }))).to.equal(true);
    expect(await isCutOff(''), 'nothing is known').to.equal(false);
  });

  it('does without a standby that cannot be mounted only where it is cut off', async () => {
    const read = (disks: string): ReturnType<typeof readStandby> => {
      const fake = fakeLab((_node, command) =>
        command.includes('dmsetup create')
          ? Promise.reject(new RigError('mount: structure needs cleaning'))
          : { stdout: procDrbd('Primary/Secondary', { disks }) },
      );
      const probe = { client: 'sv01', path: '/data/lab/a', intervalMs: 100, samples: [], ledger: [] };
      return readStandby(
        { ...fake, topology: topology('current') },
        { server: 'nfs01', standby: 'nfs02' },
        replicated,
        [probe],
        [probe.path],
        new AbortController().signal,
      );
    };
    expect(await read('UpToDate/DUnknown')).to.deep.equal([]);
    expect(await failureOf(read('UpToDate/UpToDate'))).to.be.instanceOf(RigError);
  });
});
