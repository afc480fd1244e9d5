import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { RigError } from '../../../lab/errors.ts';
import type { Sighting } from '../../../lab/fabric.ts';
import { createFenceRoom, type FenceRoom } from '../../../lab/fabric/fence-channel.ts';
import type { PressPower } from '../../../lab/fabric/power-switch.ts';
import { dial, eventually, temporaryFolder } from './rig.ts';

const powerSwitch = ['nfs01', 'nfs02'].map((node) => ({
  node,
  channel: `${node}.fence`,
  monitor: `${node}.switch`,
}));

describe('the fence channel', () => {
  let directory: string;
  let log: string[];
  let pressed: string[];
  let told: Sighting[];
  let servers: Server[];
  let dialled: Socket[];
  /** The fabric's ends of the channels. */
  let served: Map<string, Socket>;
  /** What pressing does; it settles when the test says so. */
  let press: PressPower;
  let room: FenceRoom;

  beforeEach(async () => {
    directory = await temporaryFolder();
    served = new Map();
    [log, pressed, told, servers, dialled] = [[], [], [], [], []];
    press = (_monitor, _node, action) =>
      Promise.resolve({ state: action === 'off' ? 'off' : 'on', atMs: hostNowMs() });
    room = createFenceRoom(
      { directory, powerSwitch },
      (line) => void log.push(line),
      (monitor, node, action) => {
        pressed.push(`${monitor.slice(directory.length + 1)} ${node} ${action}`);
        return press(monitor, node, action);
      },
    );
    room.watch((sighting) => void told.push(sighting));
    for (const { node, channel } of powerSwitch) {
      const server = createServer((socket) => {
        served.set(node, socket);
        room.serve(node, socket);
      });
      server.listen(join(directory, channel));
      await once(server, 'listening');
      servers.push(server);
    }
  });
  afterEach(async () => {
    for (const socket of dialled) socket.destroy();
    for (const server of servers) server.close();
    await rm(directory, { recursive: true });
  });

  async function channelOf(
    node: string,
  ): Promise<{ socket: Socket; lines: () => string[]; say: (text: string) => void }> {
    const socket = await dial(join(directory, `${node}.fence`));
    dialled.push(socket);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return {
      socket,
      lines: () => text.split('\n').slice(0, -1),
      say: (sent) => void socket.write(sent),
    };
  }

  async function answers(node: string, sent: string, count = 1): Promise<string[]> {
    const { lines, say } = await channelOf(node);
    say(sent);
    await eventually(
      'the answers',
      () => lines().length >= count,
      () => lines().join('; '),
    );
    return lines();
  }

  it('powers the other server, tells it to who watches, and remembers it', async () => {
    expect(await answers('nfs02', 'a1 reboot nfs01\n')).to.deep.equal(['a1 ok on']);
    expect(pressed).to.deep.equal(['nfs01.switch nfs01 reboot']);
    expect(
      told.map((each) =>
        each.kind === 'fencing' ? [each.node, each.target, each.action, each.outcome] : [],
      ),
    ).to.deep.equal([
      ['nfs02', 'nfs01', 'reboot', 'asked'],
      ['nfs02', 'nfs01', 'reboot', 'done'],
    ]);
    const [fencing] = room.fencings();
    expect(fencing).to.include({ by: 'nfs02', node: 'nfs01', action: 'reboot', state: 'on' });
    expect(fencing?.atMs).to.be.within(hostNowMs() - 5000, hostNowMs());
    await answers('nfs02', 'a2 off nfs01\n');
    expect(room.fencings().map(({ action }) => action)).to.deep.equal(['off']);
  });

  it('tells the state of any server, its own too, and touches nothing by it', async () => {
    expect(await answers('nfs02', 'a status nfs01\nb status nfs02\nc list\n', 3)).to.deep.equal([
      'a ok on',
      'b ok on',
      'c ok nfs01 nfs02',
    ]);
    expect(told).to.deep.equal([]);
    expect(room.fencings()).to.deep.equal([]);
  });

  const refused: [string, string][] = [
    ['a1 reboot sv01', 'a1 error there is no server sv01 in this lab'],
    ['a1 off nfs03', 'a1 error there is no server nfs03 in this lab'],
    ['a1 reboot nfs02', 'a1 error nfs02 cannot fence itself'],
    ['a1 explode nfs01', 'a1 error not a request: "a1 explode nfs01"'],
    ['a1 reboot', 'a1 error reboot of which server?'],
  ];
  for (const [line, answer] of refused)
    it(`refuses ${line}`, async () => {
      expect(await answers('nfs02', `${line}\n`)).to.deep.equal([answer]);
      expect(pressed).to.deep.equal([]);
      expect(told).to.deep.equal([]);
    });

  it('answers nothing that it could not address, and goes on', async () => {
    const sent = `\n\u0000\u0001\n- reboot nfs01\n${'x'.repeat(5000)}\nok1 list\n`;
    expect(await answers('nfs02', sent)).to.deep.equal(['ok1 ok nfs01 nfs02']);
    expect(log.join('\n')).to.include('fence channel of nfs02: not a request');
    expect(pressed).to.deep.equal([]);
  });

  it('says that it failed, in one line, and remembers nothing', async () => {
    press = () => Promise.reject(new RigError('the monitor\nis gone'));
    expect(await answers('nfs02', 'a1 off nfs01\n')).to.deep.equal(['a1 error the monitor is gone']);
    expect(told.at(-1)).to.include({ outcome: 'failed', reason: 'the monitor\nis gone' });
    expect(room.fencings()).to.deep.equal([]);
    press = () => Promise.resolve({ state: 'on', atMs: hostNowMs() });
    expect(await answers('nfs02', 'a2 status nfs01\n')).to.deep.equal(['a2 ok on']);
  });

  it('answers only once it is done', async () => {
    let finish: () => void = () => undefined;
    press = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({ state: 'on', atMs: hostNowMs() });
        };
      });
    const { lines, say } = await channelOf('nfs02');
    say('a1 reboot nfs01\n');
    await eventually('the press', () => pressed.length === 1);
    expect(lines()).to.deep.equal([]);
    finish();
    await eventually('the answer', () => lines().length === 1);
  });

  it('lets one of two servers live that shoot at each other', async () => {
    let finish: () => void = () => undefined;
    press = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({ state: 'on', atMs: hostNowMs() });
        };
      });
    const [one, other] = [await channelOf('nfs01'), await channelOf('nfs02')];
    one.say('a1 reboot nfs02\n');
    await eventually('the first press', () => pressed.length === 1);
    // What cannot be answered is noted at once: then all before it was read.
    other.say('b1 reboot nfs01\nb2 list\n- read\n');
    one.say('a2 list\n- read\n');
    await eventually(
      'all requests to be read',
      () => log.filter((line) => line.includes('"- read"')).length === 2,
    );
    finish();
    await eventually('the answers', () => one.lines().length === 2);
    expect(one.lines()).to.deep.equal(['a1 ok on', 'a2 ok nfs01 nfs02']);
    expect(other.lines()).to.deep.equal([]);
    expect(pressed).to.deep.equal(['nfs02.switch nfs02 reboot']);
    expect(log.join('\n')).to.include('nfs02 was powered off before its turn came');
  });

  it('does not do what a machine asked that has ended since', async () => {
    let finish: () => void = () => undefined;
    press = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({ state: 'on', atMs: hostNowMs() });
        };
      });
    const [one, other] = [await channelOf('nfs01'), await channelOf('nfs02')];
    one.say('a1 status nfs02\na2 list\n');
    await eventually('the first press', () => pressed.length === 1);
    other.say('b1 off nfs01\n- read\n');
    await eventually('the request to be read', () => log.some((line) => line.includes('"- read"')));
    const gone = eventually('the end of the channel', () => served.get('nfs02')?.closed === true);
    other.socket.destroy();
    await gone;
    finish();
    await eventually('the answers', () => one.lines().length === 2);
    one.say('a3 list\n');
    await eventually('the last answer', () => one.lines().length === 3);
    expect(pressed).to.deep.equal(['nfs02.switch nfs02 status']);
  });

  it('does not let requests pile up', async () => {
    press = () => new Promise(() => undefined);
    const { lines, say } = await channelOf('nfs02');
    for (let n = 0; n < 20; n++) say(`r${String(n)} status nfs01\n`);
    await eventually('the refusals', () => lines().length === 12);
    expect(lines()[0]).to.equal('r8 error too many requests wait already');
  });

  it('outlives an asker that goes before its answer', async () => {
    const { socket, say } = await channelOf('nfs02');
    say('a1 reboot nfs01\n');
    await eventually('the press', () => pressed.length === 1);
    socket.destroy();
    expect(await answers('nfs02', 'a2 list\n')).to.deep.equal(['a2 ok nfs01 nfs02']);
  });
});
