import { expect } from 'chai';
import { stacks } from '../../../lab/cli/registry.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { PhaseMarker, Stack, Takeover } from '../../../lab/stack.ts';
import { heartbeatEtchApache } from '../../../provisioners/heartbeat-etch-apache.ts';
import { heartbeatEtchIscsi } from '../../../provisioners/heartbeat-etch-iscsi.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import { explainsTakeovers } from './explains-takeovers.ts';

type Overrides = Readonly<Record<string, string>>;

const lost: Takeover = { cause: 'node-lost', from: 'nfs01', to: 'nfs02', emulated: true };
const planned: Takeover = { cause: 'planned', from: 'nfs02', to: 'nfs01', emulated: true };

function settings(stack: Stack, overrides: Overrides): ReturnType<typeof resolveSettings> {
  return resolveSettings(stack, 'current', overrides);
}

function timingOf(stack: Stack, overrides: Overrides = {}): ReturnType<Stack['timing']> {
  return stack.timing(lost, settings(stack, overrides));
}

function timersOf(stack: Stack, overrides: Overrides = {}): string[] {
  return timingOf(stack, overrides).timers.map((timer) => timer.name);
}

function changesOf(stack: Stack, phase: string, overrides: Overrides = {}, takeover = lost): string[] {
  const marker = stack.phases(takeover, settings(stack, overrides)).find(({ name }) => name === phase);
  return (marker?.shorten ?? []).map(({ change }) => change);
}

describe('what explanations and predictions need', () => {
  const variants: [Stack, Overrides][] = [
    [heartbeatSarge, { 'heartbeat.media': 'eth+serial' }],
    [heartbeatSarge, { 'nfs.version': '4.1' }],
    [heartbeatSarge, { 'nfs.version': '4.2', 'nfs.leaseTime': '10', 'nfs.graceTime': '15' }],
    [heartbeatSarge, { 'nfs.mountOptions': 'soft,proto=tcp,timeo=50,retrans=2' }],
    [heartbeatSarge, { deadtime: '5', warntime: '3', autoFailback: 'off' }],
    [heartbeatEtchApache, { 'heartbeat.media': 'eth+serial' }],
    [heartbeatEtchIscsi, { 'iscsi.ha': 'off' }],
    [heartbeatEtchIscsi, { 'iscsi.noopInterval': '0', 'iscsi.noopTimeout': '0' }],
    [heartbeatLennyVm, { 'vm.autostart': 'off' }],
    [pacemakerCentos7, { fencing: 'host' }],
    [pacemakerCentos7, { fencing: 'host', token: '12000' }],
  ];
  for (const [stack, overrides] of variants) {
    const what = Object.entries(overrides).map((pair) => pair.join('='));
    it(`${stack.name} has with ${what.join(', ')}`, () => {
      explainsTakeovers(stack, settings(stack, overrides));
    });
  }

  for (const stack of stacks)
    it(`${stack.name} has: timers when a node is lost`, () => {
      expect(timersOf(stack)).not.to.be.empty;
    });

  const phasesWith = (phases: (own: PhaseMarker[]) => PhaseMarker[]): Partial<Stack> => ({
    phases: (takeover, values) => phases(heartbeatSarge.phases(takeover, values)),
  });
  const bad: [string, Partial<Stack>, RegExp][] = [
    [
      'a term that is meant for no phase',
      { budget: () => ({ seconds: 900, terms: [{ name: 'odd', seconds: 900, from: 'nothing' }] }) },
      /odd/,
    ],
    ['a term for a phase that it lacks', phasesWith((own) => own.slice(1)), /detection/],
    [
      'a phase without a term',
      phasesWith((own) => [...own, { name: 'boot', matches: () => false }]),
      /phases with a term/,
    ],
    [
      'advice without a source',
      phasesWith((own) =>
        own.map((phase) => ({
          ...phase,
          governedBy: 'it',
          shorten: [{ change: 'less of everything', risk: 'more of the rest', source: '' }],
        })),
      ),
      /length above 10/,
    ],
    [
      'clients that may take longer than the budget',
      {
        timing: () => ({
          timers: [],
          clients: { mostSeconds: () => 900, grows: false, from: '' },
          settings: [],
        }),
      },
      /to be at most/,
    ],
    [
      'timers of a planned takeover',
      { timing: (_takeover, values) => heartbeatSarge.timing(lost, values) },
      /to be empty|to be at most/,
    ],
  ];
  for (const [what, change, words] of bad)
    it(`is missing where there is ${what}`, () => {
      const stack = { ...heartbeatSarge, ...change };
      expect(() => {
        explainsTakeovers(stack, settings(stack, {}));
      }).to.throw(words);
    });
});

describe('timers of a takeover', () => {
  it('have the way of a heartbeat over a serial line, which the floor does not count on', () => {
    const media = { 'heartbeat.media': 'eth+serial' };
    expect(timersOf(heartbeatSarge)).to.deep.equal(['detection', 'silence of DRBD']);
    for (const [stack, baud] of [
      [heartbeatSarge, 19_200],
      [heartbeatEtchApache, 9600],
    ] as const) {
      const line = timingOf(stack, media).timers.find(({ name }) => name === 'serial line');
      expect(line).to.deep.include({ leastSeconds: 0, likelySeconds: 2000 / baud, mostSeconds: 2000 / baud });
    }
  });

  it('have no fencing, whose time is learned, and from runs that fence alone', () => {
    const { timers, settings: learned } = timingOf(pacemakerCentos7, { fencing: 'host' });
    expect(timers).to.deep.equal(timingOf(pacemakerCentos7).timers);
    expect(learned).to.deep.equal(['token']);
  });

  it('are those of heartbeat before virtual machines and targets too', () => {
    for (const stack of [heartbeatLennyVm, heartbeatEtchIscsi]) {
      const { timers } = timingOf(stack, { deadtime: '20', keepalive: '2' });
      expect(timers[0]).to.deep.include({ leastSeconds: 18, likelySeconds: 19, mostSeconds: 20 });
      expect(stack.heartbeatIntervalMs(settings(stack, { keepalive: '2' }))).to.equal(2000);
    }
  });

  it('end no stall of a client whose target nobody takes over', () => {
    expect(timersOf(heartbeatEtchIscsi, { 'iscsi.ha': 'off' })).to.be.empty;
  });
});

describe('what clients add to a takeover', () => {
  it('has the grace period in it for NFSv4 only', () => {
    const v3 = timingOf(heartbeatSarge).clients;
    const v4 = timingOf(heartbeatSarge, { 'nfs.version': '4.1' }).clients;
    expect(v3.from).not.to.contain('graceTime');
    expect(v4.from).to.contain('nfs.graceTime=90 at most');
    // 10 s of back-off and 3 s for a refused connection in 60 s of timeo; or 90 s of grace and another try.
    expect(v3.mostSeconds(40)).to.equal(43);
    expect(v4.mostSeconds(40)).to.equal(90 + 15);
  });

  it('grows with the time away where TCP alone finds out', () => {
    expect(timingOf(heartbeatSarge).clients.grows).to.equal(true);
    expect(timingOf(heartbeatLennyVm).clients.grows).to.equal(false);
    expect(timingOf(heartbeatEtchIscsi).clients.grows).to.equal(false);
    const silent = { 'iscsi.noopInterval': '0', 'iscsi.noopTimeout': '0' };
    expect(timingOf(heartbeatEtchIscsi, silent).clients.grows).to.equal(true);
    expect(timingOf(heartbeatLennyVm, { 'http.timeoutSeconds': '7' }).clients.mostSeconds(1000)).to.equal(7);
  });
});

describe('advice of a stack', () => {
  it('on the detection says what keeps a living server from being taken for dead, or what becomes of it', () => {
    const risk = (stack: Stack, overrides: Overrides = {}): string | undefined =>
      stack.phases(lost, settings(stack, overrides))[0]?.shorten?.[0]?.risk;
    for (const stack of stacks) expect(risk(stack), stack.name).to.contain('nothing fences it');
    expect(risk(pacemakerCentos7, { fencing: 'host' })).to.contain('it is then powered off and on');
  });

  it('on fencing names what it keeps from happening', () => {
    expect(changesOf(pacemakerCentos7, 'fence', { fencing: 'host' })[0]).to.contain('fencing=none');
    expect(changesOf(pacemakerCentos7, 'fence')).to.be.empty;
  });

  it('on a grace period is there where there is one', () => {
    expect(changesOf(heartbeatSarge, 'grace', { 'nfs.version': '4.1' })[0]).to.contain('nfs.graceTime');
  });

  it('on the way back of initiators follows from their settings', () => {
    const back = (overrides: Overrides): string =>
      changesOf(heartbeatEtchIscsi, 'reconnect', overrides).join();
    expect(back({}))
      .to.contain('a smaller iscsi.loginTimeout')
      .and.to.contain('a smaller iscsi.noopInterval');
    expect(back({ 'iscsi.noopInterval': '0', 'iscsi.noopTimeout': '0' })).to.contain('above 0');
    expect(back({ 'iscsi.ha': 'off' })).to.match(/^iscsi\.ha=on/);
  });

  it('on a virtual machine is about its file system and its clients', () => {
    expect(changesOf(heartbeatLennyVm, 'fsck')[0]).to.contain('e2fsck without -f');
    expect(changesOf(heartbeatLennyVm, 'reconnect')[0]).to.contain('http.timeoutSeconds');
    expect(changesOf(heartbeatLennyVm, 'release', {}, planned)[0]).to.contain('autoFailback=off');
  });
});
