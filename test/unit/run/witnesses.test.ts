import { expect } from 'chai';
import type { Sighting } from '../../../lab/fabric.ts';
import { startJournal } from '../../../lab/run/journal.ts';
import { startWitnesses, type Witnesses } from '../../../lab/run/witnesses.ts';
import type { Monitor } from '../../../lab/stack.ts';
import { pause } from '../../../lab/wait.ts';
import { eventually, failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeStack } from '../../fakes/stack.ts';

const service = { address: '192.168.33.20', tcpPort: 2049 };
const monitor: Monitor = {
  node: 'nfs01',
  command: 'tail ha-log',
  parse: (line) => {
    if (line === 'bad') throw new Error('unreadable');
    if (line === 'nothing') return undefined;
    const guestMs = Number(line);
    return {
      source: 'cluster',
      kind: 'peer-dead',
      text: line,
      ...(Number.isNaN(guestMs) ? {} : { guestMs }),
    };
  },
};

const begun: Witnesses[] = [];

async function rig(monitors: Monitor[] = [monitor]) {
  const fake = fakeLab();
  let tell: (sighting: Sighting) => void = () => undefined;
  const { fabric } = fake.lab;
  if (fabric === undefined) throw new Error('no fabric');
  const observe = fabric.observe.bind(fabric);
  fabric.observe = (filter, onSighting) => {
    tell = onSighting;
    return observe(filter, onSighting);
  };
  const journal = startJournal();
  const witnesses = await startWitnesses(
    fake.lab,
    { stack: fakeStack({ monitors: () => monitors }), settings: {} },
    service,
    journal,
  );
  begun.push(witnesses);
  return {
    ...fake,
    journal,
    witnesses,
    tell: (sighting: Sighting) => {
      tell(sighting);
    },
    kinds: () => journal.events.map((event) => event.kind),
  };
}

describe('the witnesses of a run', () => {
  afterEach(async () => {
    for (const witnesses of begun.splice(0)) await witnesses.stop();
  });

  it('read the clocks of all nodes before anything happens, and once more at the end', async () => {
    const { machine, witnesses } = await rig();
    expect(machine('sv02').calibrations).to.equal(8);
    await witnesses.stop();
    expect(machine('sv02').calibrations).to.equal(11);
  });

  it('put lines of monitors on the clock of the run', async () => {
    const { machine, witnesses, journal } = await rig();
    const clock = machine('nfs01').wallClock;
    clock.reset();
    clock.add({ sentMs: journal.zeroMs, receivedMs: journal.zeroMs + 2, guestMs: 1_000_000 });
    machine('nfs01').say('tail', '1000099.000');
    machine('nfs01').say('tail', 'no time in it', journal.zeroMs + 500);
    machine('nfs01').say('tail', 'nothing');
    machine('nfs01').say('tail', 'bad');
    expect(journal.events.map((event) => [event.kind, event.atMs])).to.deep.include.members([
      ['peer-dead', 100],
      ['peer-dead', 500],
    ]);
    expect(journal.events[1]?.uncertaintyMs).to.equal(50);
    expect(journal.events[2]?.text).to.include('unreadable line: unreadable: bad');
    await witnesses.stop();
  });

  it('say so when a monitor ends that should go on, but not for a node that was broken or at the end', async () => {
    const { machine, witnesses, kinds } = await rig();
    witnesses.leave('nfs01');
    machine('nfs01').streams[0]?.end(null);
    await pause(1);
    await witnesses.rejoin('nfs01');
    expect(machine('nfs01').streams).to.have.length(2);
    expect(kinds()).to.deep.equal([]);
    machine('nfs01').streams[1]?.end(1);
    await eventually('it is noted', () => kinds().includes('monitor-ended'));
    await witnesses.stop();
    await witnesses.stop();
    expect(kinds()).to.deep.equal(['monitor-ended']);
  });

  it('start no monitor twice on a node that a fault left running', async () => {
    const { machine, witnesses, journal } = await rig();
    witnesses.leave('nfs01');
    await witnesses.rejoin('nfs01');
    expect(machine('nfs01').streams).to.have.length(1);
    machine('nfs01').say('tail', 'once');
    expect(journal.events.filter((event) => event.text === 'once')).to.have.length(1);
  });

  it('leave no node unread at the end but those in a hurry', async () => {
    const { machine, witnesses, done } = await rig();
    await witnesses.stop({ hurry: true });
    expect(machine('sv01').calibrations).to.equal(8);
    expect(done).to.deep.equal(['stop observing']);
    expect(machine('nfs01').streams.every((stream) => stream.stopped)).to.equal(true);
  });

  it('give names to what the fabric sees', async () => {
    const { tell, witnesses, kinds, journal } = await rig();
    const at = { atMs: journal.zeroMs + 1, network: 'lan', node: 'nfs02' };
    const arp = {
      kind: 'arp',
      ...at,
      operation: 'request',
      senderMac: 'm',
      senderIp: service.address,
      targetIp: service.address,
    } as const;
    tell({ kind: 'holder', ...at, address: service.address, mac: 'm', previous: 'nfs01' });
    tell({ kind: 'announcer', ...at, address: service.address, mac: 'm', previous: 'n' });
    tell({ kind: 'server', ...at, address: service.address, previous: null });
    tell({ ...arp, gratuitous: true });
    tell({ ...arp, gratuitous: false, senderIp: '192.168.33.11' });
    tell({ ...arp, gratuitous: false, senderIp: '192.168.33.11', targetIp: '192.168.33.99' });
    const tcp = {
      kind: 'tcp',
      ...at,
      from: `${service.address}:2049`,
      to: '192.168.33.11:800',
      payloadBytes: 0,
      first: false,
    } as const;
    const fromClient = { ...tcp, node: 'sv02', from: tcp.to, to: tcp.from };
    tell({ ...tcp, flags: ['RST'] });
    tell({ ...fromClient, flags: ['SYN'] });
    tell({ ...tcp, flags: ['SYN', 'ACK'] });
    tell({ ...tcp, flags: ['ACK'], payloadBytes: 40, first: true });
    tell({ ...fromClient, flags: ['ACK'], payloadBytes: 40, first: true });
    const fencing = {
      kind: 'fencing',
      atMs: at.atMs,
      node: 'nfs02',
      target: 'nfs01',
      action: 'reboot',
    } as const;
    tell({ ...fencing, outcome: 'asked' });
    tell({ ...fencing, outcome: 'done' });
    tell({ ...fencing, outcome: 'failed', reason: 'no answer' });
    tell({ ...fencing, action: 'on', outcome: 'done' });
    tell({ ...fromClient, flags: ['ACK'], payloadBytes: 40, again: true });
    tell({ ...fromClient, flags: ['ACK'], payloadBytes: 40, again: true });
    tell({ ...tcp, flags: ['ACK'], payloadBytes: 40, again: true });
    tell({ ...fromClient, flags: ['ACK'], payloadBytes: 40, silentMs: 60_000 });
    tell({ ...tcp, flags: ['ACK'], payloadBytes: 40, silentMs: 60_000 });
    tell({ kind: 'missed', atMs: journal.zeroMs + 2, count: 7 });
    expect(kinds()).to.deep.equal([
      'address-holder',
      'address-announcer',
      'service-holder',
      'address-announced',
      'address-asked',
      'connection-refused',
      'connection-attempt',
      'connection-accepted',
      'first-reply',
      'fence-asked',
      'fenced',
      'fence-failed',
      'powered-on',
      'retransmission',
      'retransmission',
      'request-unanswered',
      'sightings-missed',
    ]);
    expect(journal.events.filter((event) => event.kind.startsWith('fence'))).to.deep.equal(
      [
        ['fence-asked', 'nfs02 asks the host to fence nfs01 (reboot)'],
        ['fenced', 'nfs02 fenced nfs01 (reboot)'],
        ['fence-failed', 'nfs02 did not fence nfs01 (reboot): no answer'],
      ].map(([kind, text]) => ({
        atMs: 1,
        uncertaintyMs: 0,
        source: 'fabric',
        node: 'nfs02',
        kind,
        subject: 'nfs01',
        text,
      })),
    );
    expect(journal.events.find((event) => event.kind === 'address-announcer')).to.deep.include({
      mac: 'm',
      subject: service.address,
      text: `ARP from nfs02 says that ${service.address} is at m, before at n`,
    });
    const about = (kind: string): unknown =>
      journal.events.find((event) => event.kind === kind && event.source === 'fabric')?.subject;
    expect([about('connection-refused'), about('connection-attempt')]).to.deep.equal(['sv02', 'sv02']);
    await witnesses.stop();
  });

  it('tell a kind of segment between two machines once, and again after a silence or from another node', async () => {
    const { tell, witnesses, kinds, journal } = await rig();
    const accepted = (afterMs: number, node: string, port: number, client = '192.168.33.11'): void => {
      tell({
        kind: 'tcp',
        atMs: journal.zeroMs + afterMs,
        network: 'lan',
        node,
        from: `${service.address}:2049`,
        to: `${client}:${String(port)}`,
        flags: ['SYN', 'ACK'],
        payloadBytes: 0,
        first: false,
      });
    };
    for (let n = 0; n < 30; n++) accepted(n * 100, 'nfs01', 800 + n);
    expect(kinds()).to.have.length(1);
    accepted(2950, 'nfs01', 900, '192.168.33.12');
    expect(kinds()).to.have.length(2);
    accepted(3000, 'nfs02', 901);
    accepted(3100, 'nfs02', 902);
    expect(kinds()).to.have.length(3);
    accepted(4101, 'nfs02', 903);
    expect(kinds()).to.have.length(4);
    await witnesses.stop();
  });

  it('watch a fenced node again when it has booted, without calling its monitors ended', async () => {
    const { tell, machine, done, kinds, journal } = await rig();
    const fencing = { kind: 'fencing', atMs: journal.zeroMs, node: 'nfs02', target: 'nfs01' } as const;
    machine('nfs01').disconnect = () => {
      machine('nfs01').streams[0]?.end(null);
    };
    tell({ ...fencing, action: 'reboot', outcome: 'done' });
    await eventually('it is watched again', () => machine('nfs01').streams.length === 2);
    expect(done).to.include('reachable nfs01');
    expect(kinds()).to.deep.equal(['fenced']);
  });

  it('leave a fenced node to the fault that stands on it, and wait for its boot when that is healed', async () => {
    const { tell, machine, done, witnesses, journal } = await rig();
    const fencing = { kind: 'fencing', atMs: journal.zeroMs, node: 'nfs02', target: 'nfs01' } as const;
    witnesses.leave('nfs01');
    tell({ ...fencing, action: 'off', outcome: 'done' });
    expect(machine('nfs01').disconnects).to.equal(1);
    expect(done).not.to.include('reachable nfs01');
    await witnesses.rejoin('nfs01');
    expect(done).to.include('reachable nfs01');
  });

  it('say so when a fenced node is not seen again', async () => {
    const { tell, lab, kinds, journal } = await rig();
    lab.reachable = () => Promise.reject(new Error('no answer'));
    tell({
      kind: 'fencing',
      atMs: journal.zeroMs,
      node: 'nfs02',
      target: 'nfs01',
      action: 'off',
      outcome: 'done',
    });
    await eventually('it is noted', () => kinds().includes('monitor-ended'));
  });

  it('end what they began when one of them cannot begin', async () => {
    const fake = fakeLab();
    fake.machine('nfs02').calibrate = () => Promise.reject(new Error('no perl'));
    const starting = startWitnesses(
      fake.lab,
      { stack: fakeStack({ monitors: () => [monitor] }), settings: {} },
      service,
      startJournal(),
    );
    expect((await failureOf(starting)).message).to.equal('no perl');
    expect(fake.done).to.deep.equal(['stop observing']);
    expect(fake.machine('nfs01').streams.every((stream) => stream.stopped)).to.equal(true);
  });
});
