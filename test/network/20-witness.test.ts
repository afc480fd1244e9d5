import { expect } from 'chai';
import { hostNowMs } from '../../lab/clock.ts';
import type { Sighting, SightingFilter } from '../../lab/fabric.ts';
import { addressOfNode, eventually, macOf, startRig } from './rig.ts';
import type { Name, Rig } from './rig.ts';

const service = '192.168.33.20';
const everyName: readonly Name[] = ['sv01', 'sv02', 'nfs01', 'nfs02'];

describe('captures on the clients', () => {
  let rig: Rig;
  let network: ReturnType<Rig['open']>;
  let seen: Sighting[];
  let observation: { stop(): Promise<void> } | undefined;

  before(async () => {
    rig = await startRig();
    network = rig.open();
  });
  after(() => rig.close());
  beforeEach(() => {
    seen = [];
  });
  afterEach(async () => {
    await observation?.stop();
    observation = undefined;
    for (const name of everyName)
      await rig.run(name, `ip address del ${service}/24 dev eth1; ip neigh flush dev eth1 nud all`);
  });

  async function observe(filter: SightingFilter): Promise<void> {
    observation = await network.observe(filter, (sighting) => void seen.push(sighting));
  }

  function of<Kind extends Sighting['kind']>(kind: Kind): Extract<Sighting, { kind: Kind }>[] {
    return seen.filter((one): one is Extract<Sighting, { kind: Kind }> => one.kind === kind);
  }

  async function take(name: Name): Promise<void> {
    await rig.run(name, `ip address add ${service}/24 dev eth1`);
  }

  const announced = () =>
    of('arp').filter(({ senderIp, targetIp }) => senderIp === service && targetIp === service);
  const helpers = (name: Name): Promise<string> =>
    rig.run(name, 'grep -alE "^(tcpdump|ping|perl)" /proc/[0-9]*/cmdline 2>/dev/null');

  it('report an announcement once though both clients see it, by its sender and in time', async () => {
    await observe({ arp: true });
    await take('nfs01');
    const beforeMs = hostNowMs();
    await rig.run('nfs01', `arping -U -c 2 -I eth1 ${service}`);
    const afterMs = hostNowMs();
    // The answer to a later question is the end of what the clients can have seen of the announcements.
    await rig.run('sv02', `arping -c 1 -w 2 -I eth1 ${addressOfNode('nfs02')}`);
    await eventually('the later question', () =>
      of('arp').some(({ node, operation }) => node === 'nfs02' && operation === 'reply'),
    );
    expect(announced().map(({ atMs: _, ...rest }) => rest)).to.deep.equal(
      [1, 2].map(() => ({
        kind: 'arp',
        network: 'lan',
        node: 'nfs01',
        operation: 'request',
        senderMac: macOf('nfs01'),
        senderIp: service,
        targetIp: service,
        gratuitous: true,
      })),
    );
    for (const { atMs } of announced()) expect(atMs).to.be.within(beforeMs - 2, afterMs + 2);
  });

  it('report who holds an address, first and when it moves', async () => {
    await observe({ holderOf: [service] });
    await take('nfs01');
    await rig.run('sv01', `ping -n -c 2 -i 0.1 -W 1 ${service}`);
    await rig.run('nfs01', `ip address del ${service}/24 dev eth1`);
    await take('nfs02');
    await rig.run('nfs02', `arping -U -c 1 -I eth1 ${service}`);
    await rig.run('sv02', `ping -n -c 2 -i 0.1 -W 1 ${service}`);
    await eventually('the second holder', () => of('holder').length >= 2);
    expect(
      of('holder').map(({ node, previous, mac, address }) => ({ node, previous, mac, address })),
    ).to.deep.equal([
      { node: 'nfs01', previous: null, mac: macOf('nfs01'), address: service },
      { node: 'nfs02', previous: 'nfs01', mac: macOf('nfs02'), address: service },
    ]);
  });

  it('report a TCP connection of the service: opened, first payload each way, closed', async () => {
    await take('nfs01');
    await observe({ tcpPort: 2049 });
    const server = rig.run('nfs01', 'printf reply | timeout 20 nc -N -l -s 192.168.33.20 -p 2049 -w 10');
    await eventually('the server', async () => (await rig.run('nfs01', 'ss -ltn')).includes(':2049'));
    await rig.run('sv01', `printf call | nc -N -w 5 -p 800 ${service} 2049`);
    await server;
    await eventually('the end', () => of('tcp').filter(({ flags }) => flags.includes('FIN')).length >= 2);
    const call = `${addressOfNode('sv01')}:800`;
    const reply = `${service}:2049`;
    const told = of('tcp').map(({ from, flags, payloadBytes, first, node }) =>
      [node, from, flags.join('+'), String(payloadBytes), first ? 'first' : ''].join(' ').trim(),
    );
    expect(told.slice(0, 2)).to.deep.equal([`sv01 ${call} SYN 0`, `nfs01 ${reply} SYN+ACK 0`]);
    expect(told.filter((line) => line.endsWith('first')).sort()).to.deep.equal([
      `nfs01 ${reply} ACK 5 first`,
      `sv01 ${call} ACK 4 first`,
    ]);
    expect(told.filter((line) => line.includes('FIN'))).to.have.length(2);
  });

  it('see frames that a rule of the receiver cuts', async () => {
    await observe({ arp: true });
    const ends = { from: 'nfs01', ttlMs: 30_000 };
    const id = await network.addRule({ network: 'lan', ...ends, effect: { kind: 'drop' } });
    await take('nfs01');
    await rig.run('nfs01', `arping -U -c 1 -I eth1 ${service}`);
    await eventually('the announcement', () => announced().length === 1);
    await network.removeRule(id);
  });

  it('tell of every node when it last sent, and of a silent one that it does not', async () => {
    await observe({});
    const last = async (name: Name): Promise<number> => (await network.lastFrameFromMs(name)) ?? -Infinity;
    await eventually('a frame of every node', async () => {
      const heard = await Promise.all(everyName.map(last));
      return heard.every((atMs) => hostNowMs() - atMs < 1500);
    });
    await rig.run('nfs01', 'ip link set eth1 down');
    const downMs = hostNowMs();
    await eventually('silence of nfs01', async () => hostNowMs() - (await last('nfs01')) > 3000);
    expect(await last('nfs01')).to.be.below(downMs + 5);
    for (const name of ['sv01', 'sv02', 'nfs02'] as const)
      expect(hostNowMs() - (await last(name))).to.be.below(2000);
    await rig.run('nfs01', 'ip link set eth1 up');
    await eventually('nfs01 again', async () => hostNowMs() - (await last('nfs01')) < 1500);
  });

  it('begin again after their end, and say that something may have been missed', async () => {
    await observe({ arp: true });
    await rig.run('sv01', 'kill -9 $(pidof tcpdump)');
    await rig.run('sv02', 'kill -9 $(pidof tcpdump)');
    await eventually('word of both', () => of('missed').length === 2);
    expect(of('missed').map(({ count }) => count)).to.deep.equal([1, 1]);
    await eventually('both captures', async () => {
      const pids = await Promise.all(
        (['sv01', 'sv02'] as const).map((name) => rig.run(name, 'pidof tcpdump')),
      );
      return pids.every((text) => text.trim() !== '');
    });
    await take('nfs02');
    await eventually('an announcement', async () => {
      await rig.run('nfs02', `arping -U -c 1 -w 1 -I eth1 ${service}`);
      return announced().length > 0;
    });
  });

  it('leave no process behind when they stop', async () => {
    await observe({ arp: true, tcpPort: 2049 });
    for (const name of ['sv01', 'sv02'] as const) expect(await helpers(name)).not.to.equal('');
    await observation?.stop();
    for (const name of everyName) expect(await helpers(name)).to.equal('');
    expect(of('missed')).to.deep.equal([]);
  });

  it('leave no process behind when the one who listens is killed', async () => {
    const machine = rig.machine('sv01');
    const stuck = rig.open();
    const listening = await stuck.observe({ arp: true }, () => undefined);
    expect(await helpers('sv01')).to.match(/cmdline/);
    // The perl around tcpdump stands for all that hangs on a lost connection.
    await machine.exec('kill -HUP $(pidof perl)');
    await eventually('their end', async () => (await rig.run('sv01', 'pidof ping')).trim() === '');
    await listening.stop();
    await eventually('nothing', async () => (await helpers('sv01')) === '');
  });

  it('listen by themselves when the last frame is asked for, until closed', async () => {
    const alone = rig.open();
    await eventually('a frame of nfs02', async () => (await alone.lastFrameFromMs('nfs02')) !== null);
    expect(await helpers('sv01')).not.to.equal('');
    alone.close();
    await eventually('the end', async () => (await helpers('sv01')) === '' && (await helpers('sv02')) === '');
  });

  it('pass on few frames of a bulk transfer', async () => {
    await observe({ tcpPort: 9000 });
    const receiver = rig.run('nfs01', 'timeout 20 nc -l -p 9000 | wc -c');
    await eventually('the server', async () => (await rig.run('nfs01', 'ss -ltn')).includes(':9000'));
    await rig.run('sv01', `head -c 20000000 /dev/zero | nc -N -w 5 ${addressOfNode('nfs01')} 9000`);
    expect((await receiver).trim()).to.equal('20000000');
    await eventually('the end', () => of('tcp').some(({ flags }) => flags.includes('FIN')));
    expect(seen.length).to.be.below(12);
    expect(of('missed')).to.deep.equal([]);
  });
});
