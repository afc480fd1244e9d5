import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import type { Sighting, SightingFilter } from '../../../lab/fabric.ts';
import type { FabricConnection } from '../../../lab/fabric/client.ts';
import { address, arp, flag, tcp } from './packets.ts';
import { dial, eventually, failureOf, frame, startRig } from './rig.ts';
import type { Nic, Rig } from './rig.ts';

describe("the fabric's observers", () => {
  let rig: Rig;
  let control: FabricConnection;
  let a: Nic;
  let b: Nic;

  beforeEach(async () => {
    rig = await startRig();
    control = await rig.control();
    a = await rig.nic('a');
    b = await rig.nic('b');
  });
  afterEach(() => rig.close());

  const without = ({ atMs: _, ...rest }: Sighting): object => rest;

  /** What an observer sees of frames from a and then from b. A gratuitous ARP from c says that all is seen. */
  async function seenOf(filter: SightingFilter, fromA: Buffer[], fromB: Buffer[] = []): Promise<object[]> {
    const c = await rig.nic('c');
    const seen: Sighting[] = [];
    await control.observe(
      { ...filter, holderOf: [...(filter.holderOf ?? []), '192.168.33.250'] },
      (sighting) => {
        seen.push(sighting);
      },
    );
    a.send(...fromA);
    await c.received(fromA.length);
    b.send(...fromB);
    await c.received(fromA.length + fromB.length);
    c.send(tcp({ station: 3, from: [250, 1], to: [251, 1], flags: 0 }));
    await eventually('the end', () => seen.some((one) => one.kind === 'holder' && one.node === 'c'));
    return seen.slice(0, -1).map(without);
  }

  it('report ARP requests, replies and gratuitous announcements', async () => {
    const vip = address(20);
    const seen = await seenOf({ arp: true }, [
      arp(1, 1, address(21), address(22)),
      arp(1, 2, address(21), address(22)),
      arp(1, 1, vip, vip),
      arp(1, 9, vip, vip),
      frame(1, 255, 'not ARP'),
    ]);
    const common = { kind: 'arp', network: 'lan', node: 'a', senderMac: '52:54:00:00:00:01' };
    expect(seen).to.deep.equal([
      {
        ...common,
        operation: 'request',
        senderIp: '192.168.33.21',
        targetIp: '192.168.33.22',
        gratuitous: false,
      },
      {
        ...common,
        operation: 'reply',
        senderIp: '192.168.33.21',
        targetIp: '192.168.33.22',
        gratuitous: false,
      },
      {
        ...common,
        operation: 'request',
        senderIp: '192.168.33.20',
        targetIp: '192.168.33.20',
        gratuitous: true,
      },
    ]);
  });

  it('report who holds an address, first and at every change, by ARP or IPv4', async () => {
    const packet = (station: number, host: number): Buffer =>
      tcp({ station, from: [host, 2049], to: [11, 800], flags: flag.ACK });
    const seen = await seenOf(
      { holderOf: ['192.168.33.20'] },
      [packet(1, 21), packet(1, 20), packet(1, 20), arp(1, 1, address(20), address(20))],
      [packet(2, 22), arp(2, 1, address(20), address(20)), packet(2, 20)],
    );
    const common = { kind: 'holder', network: 'lan', address: '192.168.33.20' };
    expect(seen).to.deep.equal([
      { ...common, node: 'a', mac: '52:54:00:00:00:01', previous: null },
      { ...common, node: 'b', mac: '52:54:00:00:00:02', previous: 'a' },
    ]);
  });

  it('report which MAC address ARP gives for an address, also of a node that has two, and of no other address', async () => {
    const vip = address(20);
    const seen = await seenOf(
      { announcerOf: ['192.168.33.20'] },
      [
        arp(1, 2, vip, address(11)),
        arp(1, 1, vip, vip),
        arp(1, 1, address(21), vip),
        arp(5, 2, vip, address(11)),
      ],
      [tcp({ station: 2, from: [20, 2049], to: [11, 800], flags: flag.ACK }), arp(2, 1, vip, vip)],
    );
    const common = { kind: 'announcer', network: 'lan', address: '192.168.33.20' };
    expect(seen).to.deep.equal([
      { ...common, node: 'a', mac: '52:54:00:00:00:01', previous: null },
      { ...common, node: 'a', mac: '52:54:00:00:00:05', previous: '52:54:00:00:00:01' },
      { ...common, node: 'b', mac: '52:54:00:00:00:02', previous: '52:54:00:00:00:05' },
    ]);
  });

  it('report who sends data from the port of a service, not who only acknowledges, announces or asks', async () => {
    const vip = address(20);
    const answer = (station: number, payload: string, port = 2049): Buffer =>
      tcp({ station, from: [20, port], to: [11, 800], flags: flag.ACK, payload });
    const seen = await seenOf(
      { serverOf: ['192.168.33.20'], tcpPort: 2049 },
      [answer(1, 'reply'), answer(1, 'reply')],
      [
        arp(2, 1, vip, vip),
        answer(2, ''),
        answer(2, 'of another service', 80),
        tcp({ station: 2, from: [11, 800], to: [20, 2049], flags: flag.ACK, payload: 'call' }),
        answer(2, 'reply'),
      ],
    );
    const common = { kind: 'server', network: 'lan', address: '192.168.33.20' };
    expect(seen.filter((one) => !('flags' in one))).to.deep.equal([
      { ...common, node: 'a', previous: null },
      { ...common, node: 'b', previous: 'a' },
    ]);
  });

  it('report control segments and the first payload of each direction of a TCP port', async () => {
    const client = { station: 1, from: [11, 800], to: [20, 2049] } satisfies Partial<
      Parameters<typeof tcp>[0]
    >;
    const server = { station: 2, from: [20, 2049], to: [11, 800] } satisfies Partial<
      Parameters<typeof tcp>[0]
    >;
    const seen = await seenOf(
      { tcpPort: 2049 },
      [
        tcp({ ...client, flags: flag.SYN }),
        tcp({ ...client, flags: flag.ACK }),
        tcp({ ...client, flags: flag.ACK | flag.PSH, payload: 'call', tagged: true }),
        tcp({ ...client, flags: flag.ACK, payload: 'again', sequence: 4 }),
        tcp({ ...client, to: [20, 22], flags: flag.SYN }),
        tcp({ ...client, flags: flag.SYN, fragmentOffset: 100 }),
      ],
      [
        tcp({ ...server, flags: flag.SYN | flag.ACK }),
        tcp({ ...server, flags: flag.ACK, payload: 'reply' }),
        tcp({ ...server, flags: flag.ACK, payload: 'next', sequence: 5 }),
        tcp({ ...server, flags: flag.FIN | flag.ACK, payload: 'bye', sequence: 9 }),
        tcp({ ...server, flags: flag.RST }),
        tcp({ ...server, flags: flag.SYN | flag.ACK }),
        tcp({ ...server, flags: flag.ACK, payload: 'new' }),
      ],
    );
    const call = {
      kind: 'tcp',
      network: 'lan',
      node: 'a',
      from: '192.168.33.11:800',
      to: '192.168.33.20:2049',
    };
    const reply = {
      kind: 'tcp',
      network: 'lan',
      node: 'b',
      from: '192.168.33.20:2049',
      to: '192.168.33.11:800',
    };
    expect(seen).to.deep.equal([
      { ...call, flags: ['SYN'], payloadBytes: 0, first: false },
      { ...call, flags: ['ACK'], payloadBytes: 4, first: true },
      { ...reply, flags: ['SYN', 'ACK'], payloadBytes: 0, first: false },
      { ...reply, flags: ['ACK'], payloadBytes: 5, first: true },
      { ...reply, flags: ['ACK', 'FIN'], payloadBytes: 3, first: false },
      { ...reply, flags: ['RST'], payloadBytes: 0, first: false },
      { ...reply, flags: ['SYN', 'ACK'], payloadBytes: 0, first: false },
      { ...reply, flags: ['ACK'], payloadBytes: 3, first: true },
    ]);
  });

  it('tell payload that was sent before from payload that goes on, over the wrap of numbers too', async () => {
    const client = { station: 1, flags: flag.ACK, to: [20, 2049] as [number, number] };
    const send = (port: number, sequence: number, payload: string): Buffer =>
      tcp({ ...client, from: [11, port], sequence, payload });
    const seen = await seenOf({ tcpPort: 2049 }, [
      send(800, 100, 'call'),
      send(800, 104, 'more'),
      send(800, 104, 'more'),
      send(800, 100, 'callmore'),
      send(800, 100, 'callmore!'),
      tcp({ ...client, from: [11, 800], sequence: 108 }),
      send(801, 0xffff_fffe, 'call'),
      send(801, 2, 'goes on'),
      send(801, 0xffff_fffe, 'call'),
    ]);
    const common = { kind: 'tcp', network: 'lan', node: 'a', to: '192.168.33.20:2049', flags: ['ACK'] };
    const old = { ...common, from: '192.168.33.11:800' };
    const wrapped = { ...common, from: '192.168.33.11:801' };
    expect(seen).to.deep.equal([
      { ...old, payloadBytes: 4, first: true },
      { ...old, payloadBytes: 4, first: false, again: true },
      { ...old, payloadBytes: 8, first: false, again: true },
      { ...wrapped, payloadBytes: 4, first: true },
      { ...wrapped, payloadBytes: 4, first: false, again: true },
    ]);
  });

  it('tell when the switch itself was late, to those who ask', async () => {
    const seen: Sighting[] = [];
    const others: Sighting[] = [];
    await control.observe({ pace: true }, (sighting) => void seen.push(sighting));
    await control.observe({ arp: true }, (sighting) => void others.push(sighting));
    const until = performance.now() + 600;
    while (performance.now() < until);
    await eventually('a late wake', () => seen.length > 0);
    expect(seen[0]).to.include({ kind: 'pace', everyMs: 100 });
    expect(others).to.deep.equal([]);
  });

  it('survive every truncation of what they parse', async () => {
    const whole = tcp({ station: 1, from: [20, 2049], to: [11, 800], flags: flag.SYN, payload: 'x' });
    const packets = [whole, arp(1, 1, address(20), address(20))];
    const cut = packets.flatMap((one) => Array.from({ length: 40 }, (_, at) => one.subarray(0, 14 + at)));
    const seen = await seenOf({ arp: true, tcpPort: 2049 }, cut);
    expect(seen).to.have.lengthOf(12);
  });

  it('see frames that a rule cuts, and date them on the host clock', async () => {
    const seen: Sighting[] = [];
    await control.addRule({ network: 'lan', effect: { kind: 'drop' }, ttlMs: 10_000 });
    await control.observe({ arp: true }, (sighting) => void seen.push(sighting));
    const beforeMs = hostNowMs();
    a.send(arp(1, 1, address(20), address(20)));
    await eventually('a sighting', () => seen.length === 1);
    expect(seen[0]?.atMs).to.be.within(beforeMs, hostNowMs());
    expect(b.frames).to.deep.equal([]);
  });

  it('cost nothing once they stop or their client goes', async () => {
    const taps = (): number => rig.fabric.segments.get('lan')?.taps.length ?? -1;
    const first = await control.observe({ arp: true }, () => undefined);
    const other = await rig.control();
    await other.observe({ arp: true }, () => undefined);
    expect(taps()).to.equal(2);
    await first.stop();
    await first.stop();
    expect(taps()).to.equal(1);
    other.close();
    await eventually('no tap is left', () => taps() === 0);
  });

  it('refuse a filter that is not valid', async () => {
    const error = await failureOf(control.observe({ holderOf: ['192.168.33.256'] }, () => undefined));
    expect(error.message).to.match(/^not a request: filter\.holderOf\.0/);
  });

  it('that read too slowly do not stall the switch and are told what they missed', async () => {
    const slow = await dial(rig.controlPath);
    slow.write(`${JSON.stringify({ id: 1, op: 'observe', observer: 1, filter: { arp: true } })}\n`);
    await eventually('the tap', () => rig.fabric.segments.get('lan')?.taps.length === 1);
    const batch = Array.from({ length: 1000 }, () => arp(1, 1, address(20), address(20)));
    const sent = 12_000;
    for (let at = 0; at < sent; at += batch.length) {
      a.send(...batch);
      await eventually('the batch', () => b.frames.length === at + batch.length);
    }
    let text = '';
    slow.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await eventually('word of what was missed', () => text.includes('"missed"') && text.endsWith('\n'));
    slow.destroy();
    const told = /"kind":"missed","atMs":[\d.]+,"count":(\d+)/.exec(text);
    const seen = text.match(/"kind":"arp"/g)?.length ?? 0;
    expect(seen + Number(told?.[1])).to.equal(sent);
    expect(seen).to.be.greaterThan(1000);
  });
});
