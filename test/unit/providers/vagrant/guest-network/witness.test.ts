import { expect } from 'chai';
import { hostNowMs } from '../../../../../lab/clock.ts';
import { HostError, RigError, UsageError } from '../../../../../lab/errors.ts';
import type { Sighting, SightingFilter } from '../../../../../lab/fabric.ts';
import { parseFrame } from '../../../../../lab/providers/vagrant/guest-network/capture.ts';
import { expressionFor, guestWitness } from '../../../../../lab/providers/vagrant/guest-network/witness.ts';
import { eventually, failureOf } from '../../../../fakes/failure.ts';
import { fakeLab, fakeTopology } from '../../../../fakes/lab.ts';
import type { FakeLab } from '../../../../fakes/lab.ts';
import { address, arp, flag, tcp } from '../../../fabric/packets.ts';

/** Station 1 is sv01, 2 sv02, 3 nfs01, 4 nfs02, as their MAC addresses end. */
function macOf(node: string): string {
  return `52:54:00:00:00:0${String(fakeTopology.nodes.findIndex(({ name }) => name === node) + 1)}`;
}

describe('the witness in the guests', () => {
  let fake: FakeLab;
  let witness: ReturnType<typeof guestWitness>;
  let seen: Sighting[];

  beforeEach(() => {
    fake = fakeLab();
    witness = guestWitness({ topology: fakeTopology, machine: fake.machine, macOf });
    seen = [];
  });
  afterEach(() => {
    witness.close();
  });

  /** Lets each capture that is being opened say what it says first. */
  async function begin<T>(work: Promise<T>, says: Partial<Record<string, string>> = {}): Promise<T> {
    await eventually('both captures', () => streams('sv01').length > 0 && streams('sv02').length > 0);
    for (const node of ['sv01', 'sv02']) fake.machine(node).say('perl', says[node] ?? 'ready');
    return await work;
  }
  const streams = (node: string) => fake.machine(node).streams;
  const observe = (filter: SightingFilter, says: Partial<Record<string, string>> = {}) =>
    begin(
      witness.observe(filter, (sighting) => void seen.push(sighting)),
      says,
    );
  const line = (frame: Buffer, guestMs: number): string =>
    `${String(Math.floor(guestMs / 1000))}.${String(Math.round((guestMs % 1000) * 1e6)).padStart(9, '0')} ${frame.toString('hex')}`;

  it('captures on each NIC of each client and pings all the others from there', async () => {
    await observe({ arp: true, holderOf: ['192.168.33.20'], tcpPort: 2049 });
    expect(streams('nfs01')).to.deep.equal([]);
    const [stream] = streams('sv02');
    expect(stream?.command).to.match(/^exec perl -e /);
    expect(stream?.command).to.match(
      / eth1 'arp or icmp or ether broadcast or ether multicast or tcp port 2049 or src host 192\.168\.33\.20' 192\.168\.33\.10 192\.168\.33\.12 192\.168\.33\.13$/,
    );
  });

  it('pings a bond at its own address, for its NICs have none', async () => {
    const nics = ['eth1', 'eth2'].map((name) => ({ name, network: 'lan' }));
    const bonds = [{ name: 'bond0', slaves: ['eth1', 'eth2'], network: 'lan', address: '192.168.33.99/24' }];
    const nodes = fakeTopology.nodes.map((node) => (node.name === 'nfs01' ? { ...node, nics, bonds } : node));
    witness = guestWitness({ topology: { ...fakeTopology, nodes }, machine: fake.machine, macOf });
    await observe({});
    expect(streams('sv02')[0]?.command).to.match(/' 192\.168\.33\.10 192\.168\.33\.99 192\.168\.33\.13$/);
  });

  it('asks for no more than what is observed and for what nodes say of themselves', () => {
    expect(expressionFor({})).to.equal('arp or icmp or ether broadcast or ether multicast');
    expect(expressionFor({ tcpPort: 80 })).to.match(/ or tcp port 80$/);
  });

  it('reports what the fabric would, once, at the time of the host', async () => {
    await observe({ arp: true, holderOf: ['192.168.33.20'], tcpPort: 2049 });
    const nowMs = hostNowMs();
    const guestMs = 1_700_000_000_000.5;
    for (const [node, ahead] of [
      ['sv01', 0],
      ['sv02', 20_000],
    ] as const)
      fake
        .machine(node)
        .wallClock.add({ sentMs: nowMs - 10, receivedMs: nowMs - 10, guestMs: guestMs + ahead });
    const announcement = arp(3, 1, address(20), address(20));
    fake.machine('sv01').say('perl', line(announcement, guestMs));
    fake.machine('sv02').say('perl', line(announcement, guestMs + 20_000.2));
    const syn = tcp({ station: 3, from: [20, 2049], to: [11, 800], flags: flag.SYN | flag.ACK });
    fake.machine('sv02').say('perl', line(syn, guestMs + 20_001));
    const common = { network: 'lan', node: 'nfs01' };
    expect(seen.map(({ atMs: _, ...rest }) => rest)).to.deep.equal([
      {
        ...common,
        kind: 'arp',
        operation: 'request',
        senderMac: '52:54:00:00:00:03',
        senderIp: '192.168.33.20',
        targetIp: '192.168.33.20',
        gratuitous: true,
      },
      { ...common, kind: 'holder', address: '192.168.33.20', mac: '52:54:00:00:00:03', previous: null },
      {
        ...common,
        kind: 'tcp',
        from: '192.168.33.20:2049',
        to: '192.168.33.11:800',
        flags: ['SYN', 'ACK'],
        payloadBytes: 0,
        first: false,
      },
    ]);
    expect(seen[0]?.atMs).to.be.closeTo(nowMs - 10, 0.01);
    expect(seen[2]?.atMs).to.be.closeTo(nowMs - 9, 0.01);
  });

  it('does not take a frame that comes in late for a change of the holder', async () => {
    await observe({ holderOf: ['192.168.33.20'] });
    const nowMs = hostNowMs();
    for (const node of ['sv01', 'sv02'])
      fake.machine(node).wallClock.add({ sentMs: nowMs, receivedMs: nowMs, guestMs: 50_000 });
    const from = (station: number): Buffer =>
      tcp({ station, from: [20, 2049], to: [11, 800], flags: flag.ACK });
    fake.machine('sv01').say('perl', line(from(3), 40_000));
    fake.machine('sv01').say('perl', line(from(4), 42_000));
    fake.machine('sv02').say('perl', line(from(3), 41_900));
    expect(seen.map((one) => (one.kind === 'holder' ? one.node : one.kind))).to.deep.equal([
      'nfs01',
      'nfs02',
    ]);
  });

  it('leaves out frames of no known NIC, and lines that are none', async () => {
    await observe({ arp: true });
    fake.machine('sv01').say('perl', line(arp(9, 1, address(20), address(20)), 1000));
    for (const bad of ['', '1.5 ff', '1.000000000 xyz', `1.000000000 ${'f'.repeat(27)}`])
      fake.machine('sv01').say('perl', bad);
    expect(seen).to.deep.equal([]);
    expect(parseFrame('1.000000500 ' + 'ab'.repeat(14))).to.deep.equal({
      guestMs: 1000.0005,
      hex: 'ab'.repeat(14),
    });
  });

  it('says when each node was heard last, by whichever client', async () => {
    await observe({});
    expect(await witness.lastFrameFromMs('nfs01')).to.equal(null);
    const nowMs = hostNowMs();
    for (const node of ['sv01', 'sv02'])
      fake.machine(node).wallClock.add({ sentMs: nowMs, receivedMs: nowMs, guestMs: 50_000 });
    fake.machine('sv02').say('perl', line(arp(3, 1, address(21), address(11)), 49_000));
    fake.machine('sv01').say('perl', line(arp(3, 1, address(21), address(12)), 48_000));
    expect(await witness.lastFrameFromMs('nfs01')).to.be.closeTo(nowMs - 1000, 0.01);
    expect(streams('sv01')).to.have.length(1);
  });

  it('begins to listen when it is asked for a last frame, and ends that when closed', async () => {
    const both = Promise.all([witness.lastFrameFromMs('nfs01'), witness.lastFrameFromMs('nfs02')]);
    expect(await begin(both)).to.deep.equal([null, null]);
    expect(streams('sv01')).to.have.length(1);
    witness.close();
    await eventually(
      'the end',
      () => streams('sv01')[0]?.stopped === true && streams('sv02')[0]?.stopped === true,
    );
  });

  it('says that a capture ended, and begins it again', async () => {
    const observation = await observe({ arp: true });
    streams('sv01')[0]?.end(1);
    await eventually('word of it', () => seen.length === 1);
    expect(seen[0]).to.include({ kind: 'missed', count: 1 });
    await eventually('another capture', () => streams('sv01').length === 2);
    fake.machine('sv01').say('perl', 'ready');
    fake.machine('sv01').say('perl', line(arp(3, 1, address(20), address(20)), 1000));
    expect(seen.map(({ kind }) => kind)).to.include('arp');
    await observation.stop();
    expect(streams('sv01')[1]?.stopped).to.equal(true);
  });

  it('passes on how many frames the kernel had no room for', async () => {
    await observe({ arp: true });
    fake.machine('sv02').say('perl', 'dropped 17');
    expect(seen).to.have.length(1);
    expect(seen[0]).to.include({ kind: 'missed', count: 17 });
  });

  it('says nothing more once it was stopped', async () => {
    const observation = await observe({ arp: true });
    await observation.stop();
    await observation.stop();
    expect(streams('sv01')[0]?.stopped).to.equal(true);
    expect(seen).to.deep.equal([]);
  });

  it('watches on with one client when the other is not there', async () => {
    fake.machine('sv01').stream = () => Promise.reject(new RigError('sv01 does not answer'));
    const observing = witness.observe({ arp: true }, (sighting) => void seen.push(sighting));
    await eventually('the other', () => streams('sv02').length === 1);
    fake.machine('sv02').say('perl', 'ready');
    await observing;
    expect(seen.map(({ kind }) => kind)).to.deep.equal(['missed']);
  });

  it('fails when no client is there', async () => {
    for (const node of ['sv01', 'sv02'])
      fake.machine(node).stream = () => Promise.reject(new RigError(`${node} does not answer`));
    const error = await failureOf(witness.observe({ arp: true }, () => undefined));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.equal('no client could watch the network');
  });

  it('names the program that a client lacks', async () => {
    const observing = witness.observe({ arp: true }, () => undefined);
    const failing = failureOf(observing);
    await eventually('both captures', () => streams('sv01').length > 0 && streams('sv02').length > 0);
    fake.machine('sv02').say('perl', 'ready');
    fake.machine('sv01').say('perl', 'failed there is no tcpdump');
    streams('sv01')[0]?.end(1);
    const error = await failing;
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.equal('sv01: watching the network needs tcpdump, which is not there');
    expect(streams('sv02')[0]?.stopped).to.equal(true);
  });

  it('refuses a filter that is none', async () => {
    const error = await failureOf(witness.observe({ tcpPort: 0 }, () => undefined));
    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.match(/^not a filter: tcpPort/);
  });
});
