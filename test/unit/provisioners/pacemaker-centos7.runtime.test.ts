import { expect } from 'chai';
import { RigError } from '../../../lab/errors.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Settings } from '../../../lab/stack.ts';
import type { TimelineEvent } from '../../../lab/timeline.ts';
import { health, redundant } from '../../../provisioners/pacemaker-centos7/health.ts';
import { onServer, topology } from '../../../provisioners/pacemaker-centos7/layout.ts';
import { active, parseState } from '../../../provisioners/pacemaker-centos7/server-state.ts';
import { budget, detectionMs, patience, phases } from '../../../provisioners/pacemaker-centos7/takeover.ts';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import type { Reachable } from '../../../provisioners/parts/servers.ts';
import { crmMonXml } from '../../fixtures/crm-mon.ts';

function settings(overrides: Record<string, string> = {}): Settings {
  return resolveSettings(pacemakerCentos7, 'current', overrides);
}

/** What a look at a server prints; the parts are real outputs. */
function stateText({ serving = true, exports = true, drbd = '', cluster = crmMonXml } = {}): string {
  const roles = serving ? 'Primary/Secondary' : 'Secondary/Primary';
  return [
    '=== addresses',
    '3: eth1    inet 192.168.33.21/24 brd 192.168.33.255 scope global eth1\\       valid_lft forever preferred_lft forever',
    ...(serving
      ? [
          '3: eth1    inet 192.168.33.20/24 brd 192.168.33.255 scope global secondary eth1\\       valid_lft forever',
        ]
      : []),
    '=== mounts',
    '/dev/vda / ext4 rw,noatime 0 0',
    ...(serving
      ? [
          '/dev/drbd0 /drbd/nfs xfs rw,relatime,attr2,inode64,logbufs=8,logbsize=32k,noquota 0 0',
          '/dev/drbd0 /var/lib/nfs xfs rw,relatime,attr2,inode64,logbufs=8,logbsize=32k,noquota 0 0',
        ]
      : []),
    '=== threads',
    ...(serving ? ['8'] : []),
    '=== drbd',
    drbd === ''
      ? [
          'version: 8.4.11 (api:1/proto:86-101)',
          'srcversion: F73C670A7EC572DB9CF3E5B ',
          ` 0: cs:Connected ro:${roles} ds:UpToDate/UpToDate C r-----`,
          '    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0',
        ].join('\n')
      : drbd,
    '=== etab',
    ...(serving && exports
      ? [
          '/drbd/nfs/nfsroot\t192.168.33.0/24(rw,sync,wdelay,hide,nocrossmnt,secure,no_root_squash,no_all_squash,fsid=0)',
        ]
      : []),
    '=== cluster',
    cluster,
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

const holding = stateText();
const standby = stateText({ serving: false });
const well = { nfs01: holding, nfs02: standby };

describe('the state of pacemaker-centos7', () => {
  const quick = { thorough: false };

  it('is healthy when one server serves, whichever it is', async () => {
    for (const answers of [well, { nfs01: standby, nfs02: holding }]) {
      const conditions = await health(answering(answers), settings(), quick);
      expect(conditions).to.have.length(7);
      expect(conditions.filter((condition) => !condition.ok)).to.deep.equal([]);
    }
  });

  const ill: [string, Record<string, string>][] = [
    ['a server does not answer', { nfs01: holding }],
    [
      'Pacemaker does not run',
      { ...well, nfs02: stateText({ serving: false, cluster: 'Connection refused' }) },
    ],
    [
      'the peer is offline',
      {
        ...well,
        nfs01: stateText({ cluster: crmMonXml.replace('id="2" online="true"', 'id="2" online="false"') }),
      },
    ],
    [
      'a resource is blocked',
      { ...well, nfs01: stateText({ cluster: crmMonXml.replace('blocked="false"', 'blocked="true"') }) },
    ],
    ['both serve', { nfs01: holding, nfs02: holding }],
    ['nobody serves', { nfs01: standby, nfs02: standby }],
    ['nothing is exported', { ...well, nfs01: stateText({ exports: false }) }],
    ['the address is missing', { ...well, nfs01: holding.replace('192.168.33.20/24', '192.168.33.99/24') }],
    ['nfsd has no threads', { ...well, nfs01: holding.replace('\n8\n', '\n0\n') }],
    ['nfsd runs on the standby', { ...well, nfs02: standby.replace('=== threads', '=== threads\n8') }],
    [
      'the file system is left on the standby',
      { ...well, nfs02: standby.replace('=== mounts', '=== mounts\n/dev/drbd0 /drbd/nfs xfs rw 0 0') },
    ],
    [
      'a replica is inconsistent',
      { ...well, nfs01: holding.replace('UpToDate/UpToDate', 'UpToDate/Inconsistent') },
    ],
    ['the replicas are apart', { ...well, nfs02: standby.replace('cs:Connected', 'cs:WFConnection') }],
    ['DRBD is down', { ...well, nfs02: stateText({ serving: false, drbd: 'version: 8.4.11' }) }],
  ];
  for (const [what, answers] of ill)
    it(`is not healthy when ${what}`, async () => {
      const conditions = await health(answering(answers), settings(), quick);
      const broken = conditions.filter((condition) => !condition.ok);
      expect(broken).not.to.be.empty;
      for (const condition of broken) expect(condition.found).not.to.equal('');
    });

  it('allows an NFS server on both where it is cloned', async () => {
    const both = { ...well, nfs02: standby.replace('=== threads', '=== threads\n8') };
    const conditions = await health(answering(both), settings({ nfsserver: 'cloned-subdir' }), quick);
    expect(conditions.filter((condition) => !condition.ok)).to.deep.equal([]);
  });

  it('names the servers that serve; one that does not answer is none', async () => {
    expect(await active(answering(well))).to.deep.equal(['nfs01']);
    expect(await active(answering({ nfs02: holding }))).to.deep.equal(['nfs02']);
    expect(await active(answering({ nfs01: holding, nfs02: holding }))).to.deep.equal(['nfs01', 'nfs02']);
    expect(await active(answering({ nfs01: stateText({ exports: false }), nfs02: standby }))).to.deep.equal(
      [],
    );
  });

  it('is redundant only when both servers say so', async () => {
    expect((await redundant(answering(well))).ok).to.equal(true);
    expect(
      (await redundant(answering({ ...well, nfs02: standby.replace('cs:Connected', 'cs:SyncTarget') }))).ok,
    ).to.equal(false);
    expect((await redundant(answering({ nfs01: holding }))).ok).to.equal(false);
  });

  it('takes the bind mount of the state directory for no file system of the service', () => {
    const text = holding.replace(/^\/dev\/drbd0 \/drbd\/nfs .*$/m, '');
    expect(parseState(text).mounted).to.equal(false);
  });

  it('finds the files of the clients below the export', () => {
    expect(onServer('/mnt/lab/sv01.records')).to.equal('/drbd/nfs/nfsroot/lab/sv01.records');
  });
});

const lost = { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true } as const;
const planned = { cause: 'planned', from: 'nfs02', to: 'nfs01', emulated: true } as const;

describe('the budget of a takeover by Pacemaker', () => {
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

  it('has token and consensus, and what DRBD outlasts them by', () => {
    const term = (name: string, overrides: Record<string, string> = {}): number =>
      budget(lost, settings(overrides)).terms.find((each) => each.name === name)?.seconds ?? NaN;
    expect(term('token')).to.equal(4);
    expect(term('consensus')).to.equal(4.8);
    expect(term('silence of DRBD')).to.equal(1.7);
    expect(term('silence of DRBD', { token: '10000' })).to.equal(0);
    expect(detectionMs(settings())).to.equal(8800);
  });

  it('has time for fencing only where there is any, and a server is lost', () => {
    const seconds = (takeover: Parameters<typeof budget>[0], fencing: string): number | undefined =>
      budget(takeover, settings({ fencing })).terms.find(({ name }) => name === 'fence')?.seconds;
    expect(seconds(lost, 'host')).to.be.above(0);
    expect(seconds(lost, 'none')).to.equal(undefined);
    expect(seconds(planned, 'host')).to.equal(undefined);
    expect(patience(settings({ fencing: 'host' })).takeoverMs).to.be.above(patience(settings()).takeoverMs);
  });

  it('does not grow with the token when the service moves on purpose', () => {
    const slower = settings({ token: '20000' });
    expect(budget(planned, slower).seconds).to.equal(budget(planned, settings()).seconds);
    expect(budget(lost, slower).seconds).to.be.above(budget(lost, settings()).seconds + 16);
  });

  it('is tighter where machines are not emulated, and contains what was measured by hand: 35.4 s', () => {
    expect(budget({ ...lost, emulated: false }, settings()).seconds).to.be.below(
      budget(lost, settings()).seconds,
    );
    expect(budget(lost, settings()).seconds).to.be.within(35.4, 150);
  });

  it('is shorter than the patience', () => {
    expect(patience(settings()).takeoverMs).to.be.above(1000 * budget(lost, settings()).seconds);
    expect(patience(settings({ 'drbd.resyncRate': '0' })).redundancyMs).to.be.above(
      patience(settings()).redundancyMs,
    );
  });
});

describe('the phases of a takeover by Pacemaker', () => {
  const event = (node: string, kind: string, subject?: string): TimelineEvent => ({
    atMs: 0,
    uncertaintyMs: 0,
    source: 'cluster',
    node,
    kind,
    text: '',
    ...(subject === undefined ? {} : { subject }),
  });
  const detected = [event('nfs02', 'token-lost'), event('nfs02', 'peer-dead', 'nfs01')];
  const promoted = [
    event('nfs02', 'resource-starting', 'drbd'),
    event('nfs02', 'promoted', 'nfs'),
    event('nfs02', 'resource-started', 'drbd'),
    event('nfs02', 'resource-starting', 'fs'),
    event('nfs02', 'mounted', 'drbd0'),
    event('nfs02', 'resource-started', 'fs'),
  ];
  const served = [
    event('nfs02', 'resource-started', 'nfsserver'),
    event('nfs02', 'serving', '/drbd/nfs/nfsroot'),
    event('nfs02', 'resource-started', 'exportfs'),
  ];
  const addressed = event('nfs02', 'resource-started', 'vip');
  const ends = (
    events: readonly TimelineEvent[],
    takeover: Parameters<typeof phases>[0],
    overrides: Record<string, string> = {},
  ): (string | undefined)[] => {
    let after = -1;
    const markers = phases(takeover, settings(overrides));
    expect(markers.at(-1)?.name).to.equal('reconnect');
    return markers.slice(0, -1).map((marker) => {
      const found = events.findIndex((each, n) => n > after && marker.matches(each));
      if (found === -1) return undefined;
      after = found;
      return `${marker.name} ${String(found)}`;
    });
  };

  it('end one after the other, in the order of the group', () => {
    expect(ends([...detected, ...promoted, addressed, ...served], lost)).to.deep.equal([
      'detect 1',
      'decide 2',
      'promote 3',
      'mount 6',
      'address 8',
      'serve 9',
      'export 10',
    ]);
    expect(
      ends([...detected, ...promoted, ...served, addressed], lost, { order: 'export-before-address' }),
    ).to.deep.equal(['detect 1', 'decide 2', 'promote 3', 'mount 6', 'serve 8', 'export 9', 'address 11']);
    expect(ends([...detected, ...promoted, addressed], lost, { nfsserver: 'cloned' })).to.deep.equal([
      'detect 1',
      'decide 2',
      'promote 3',
      'mount 6',
      'address 8',
    ]);
  });

  it('have the fencing between detection and decision where the host fences', () => {
    const fenced = event('nfs02', 'fenced', 'nfs01');
    const host = { fencing: 'host' };
    expect(ends([...detected, fenced, ...promoted], lost, host).slice(0, 4)).to.deep.equal([
      'detect 1',
      'fence 2',
      'decide 3',
      'promote 4',
    ]);
    for (const other of [event('nfs01', 'fenced', 'nfs02'), event('nfs02', 'fence-asked', 'nfs01')])
      expect(ends([...detected, other, ...promoted], lost, host)[1], other.kind).to.equal(undefined);
    const names = (takeover: Parameters<typeof phases>[0], overrides = {}): string[] =>
      phases(takeover, settings(overrides)).map(({ name }) => name);
    expect(names(lost)).not.to.include('fence');
    expect(names(planned, host)).not.to.include('fence');
  });

  it('take Pacemaker’s word for what DRBD and the kernel did not tell', () => {
    const blind = [...detected, ...promoted, addressed, ...served].filter(
      ({ kind }) => kind !== 'promoted' && kind !== 'mounted',
    );
    expect(ends(blind, lost).slice(2, 4)).to.deep.equal(['promote 3', 'mount 5']);
  });

  it('do not end by what happens on the other node', () => {
    const elsewhere = [...detected, ...promoted, addressed, ...served].map((each) => ({
      ...each,
      node: 'nfs01',
    }));
    expect(ends(elsewhere, lost)).to.deep.equal(Array.from({ length: 7 }, () => undefined));
  });

  it('begin with the release when the service moves on purpose', () => {
    const back = [...promoted, addressed, ...served].map((each) => ({ ...each, node: 'nfs01' }));
    expect(ends(back, planned)[0]).to.equal('release 0');
  });

  it('name the setting that governs detection', () => {
    expect(phases(lost, settings({ token: '9000' }))[0]?.governedBy).to.equal('token=9000');
  });
});
