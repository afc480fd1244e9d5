import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, RigError, UsageError } from '../../../lab/errors.ts';
import { connectFabric } from '../../../lab/fabric/client.ts';
import { configFile, parseFabricConfig } from '../../../lab/fabric/config.ts';
import { identify, identityText, runningFabric } from '../../../lab/fabric/identity.ts';
import { startFabric, stopFabric } from '../../../lab/fabric/start.ts';
import { pause, waitFor, within } from '../../../lab/wait.ts';
import { exampleConfig, failureOf, frame, plugIn, temporaryFolder, textOf } from './rig.ts';
import type { Nic } from './rig.ts';

describe("the fabric's process", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryFolder();
  });
  afterEach(async () => {
    await stopFabric(directory);
    await rm(directory, { recursive: true, force: true });
  });

  async function waitForTheEnd(pid: number): Promise<void> {
    await waitFor(
      `the end of process ${String(pid)}`,
      () =>
        Promise.resolve(
          identify(pid) === undefined ? { done: true, value: undefined } : { done: false, state: 'alive' },
        ),
      { timeoutMs: 5000, everyMs: 5 },
    );
  }

  it('starts once, switches, survives a second start, is missed when killed, starts again and stops', async () => {
    const config = exampleConfig(directory);
    const [{ pid }, same] = await Promise.all([startFabric(config), startFabric(config)]);
    expect(same.pid).to.equal(pid);
    expect(await startFabric(config)).to.deep.equal({ pid });
    const self = identify(pid);
    expect(await readFile(join(directory, 'fabric.pid'), 'utf8')).to.equal(self && identityText(self));

    const [a, b] = [
      await plugIn(join(directory, 'a-eth1.sock')),
      await plugIn(join(directory, 'b-eth1.sock')),
    ];
    const control = await connectFabric(directory);
    await waitFor(
      'both ports',
      async () => {
        const connected = (await control.ports()).filter((port) => port.connected).length;
        return connected === 2 ? { done: true, value: undefined } : { done: false, state: String(connected) };
      },
      { timeoutMs: 2000, everyMs: 5 },
    );
    a.send(frame(1, 255, 'through'));
    expect((await b.received(1)).map(textOf)).to.deep.equal(['through']);

    const other = await failureOf(startFabric({ ...config, networks: ['lan', 'crossover', 'third'] }));
    expect(other).to.be.instanceOf(HostError);
    expect(other.message).to.include('with another configuration');

    process.kill(pid, 'SIGKILL');
    expect(await within('the loss', 2000, control.lost)).to.be.instanceOf(RigError);
    await waitForTheEnd(pid);
    expect(await readdir(directory)).to.include('a-eth1.sock');
    const again = await startFabric(config);
    expect(again.pid).not.to.equal(pid);
    (await connectFabric(directory)).close();

    await stopFabric(directory);
    expect(identify(again.pid)).to.equal(undefined);
    expect((await readdir(directory)).sort()).to.deep.equal(['fabric.json', 'fabric.log']);
    expect(await readFile(join(directory, 'fabric.log'), 'utf8')).to.include('ends: SIGTERM');
    await stopFabric(directory);
  });

  it('ends when its folder disappears, or when nobody was connected for its idle time and not before', async () => {
    const doomed = join(directory, 'doomed');
    let nic: Nic | undefined;
    const [{ pid: doomedPid }, { pid }] = await Promise.all([
      startFabric(exampleConfig(doomed)),
      startFabric({ ...exampleConfig(directory), idleMs: 500 }).then(async (idle) => {
        nic = await plugIn(join(directory, 'a-eth1.sock'));
        return idle;
      }),
    ]);
    const control = await connectFabric(directory);
    await rm(doomed, { recursive: true });
    await waitForTheEnd(doomedPid);
    // Longer than the idle time: the connected port keeps the fabric alive.
    await pause(700);
    expect((await control.ports())[0]?.connected).to.equal(true);
    control.close();
    nic?.socket.destroy();
    await waitForTheEnd(pid);
    expect(await readdir(directory)).not.to.include('fabric.pid');
    expect(await readFile(join(directory, 'fabric.log'), 'utf8')).to.include(
      'nobody was connected for 500 ms',
    );
  });

  it('says why it does not start', async () => {
    await chmod(directory, 0o755);
    const open = await failureOf(startFabric(exampleConfig(directory)));
    expect(open).to.be.instanceOf(RigError);
    expect(open.message)
      .to.include('it ended with status 1')
      .and.to.include('is open to other users (mode 755)');
    await chmod(directory, 0o700);
  });

  it('is never taken for another process with its pid', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const pid = stranger.pid ?? 0;
      const found = identify(pid);
      await writeFile(join(directory, 'fabric.pid'), `${String(pid)} 1\n`);
      await stopFabric(directory);
      expect(identify(pid)).to.deep.equal(found);
      expect(await readdir(directory)).to.deep.equal([]);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  for (const text of ['', 'x', '1 1\n', '-1 5\n', '99999999999999999999 5\n'])
    it(`is not believed to run by the pid file ${JSON.stringify(text)}`, async () => {
      await writeFile(join(directory, 'fabric.pid'), text);
      expect(await runningFabric(directory)).to.equal(undefined);
    });

  it('is stopped without harm where there is none', async () => {
    await stopFabric(join(directory, 'absent'));
    await mkdir(join(directory, 'empty'));
    await stopFabric(join(directory, 'empty'));
  });
});

describe("the fabric's configuration", () => {
  const good = exampleConfig('/run/lab');
  const port = { node: 'a', nic: 'eth9', network: 'lan', socket: 'x.sock' };

  for (const [what, bad, said] of [
    ['a relative folder', { ...good, directory: 'lab' }, 'must be an absolute path'],
    ['a network twice', { ...good, networks: ['lan', 'lan', 'crossover'] }, 'network lan is named twice'],
    [
      'a port on an unknown network',
      { ...good, ports: [{ ...port, network: 'wan' }] },
      'unknown network wan',
    ],
    ['a socket twice', { ...good, ports: [port, { ...port, nic: 'eth8' }] }, 'socket x.sock is used twice'],
    [
      'a port twice',
      { ...good, ports: [port, { ...port, socket: 'y.sock' }] },
      'the port of a eth9 is named twice',
    ],
    ['a socket outside the folder', { ...good, controlSocket: '../control' }, 'must be a file name'],
    [
      'a socket with a name of its own files',
      { ...good, controlSocket: configFile },
      'the fabric uses itself',
    ],
    [
      'the power of a node twice',
      {
        ...good,
        powerSwitch: [1, 2].map((n) => ({
          node: 'a',
          channel: `${String(n)}.fence`,
          monitor: `${String(n)}.switch`,
        })),
      },
      'the power of a is named twice',
    ],
    [
      'a monitor that is a socket of its own',
      { ...good, powerSwitch: [{ node: 'a', channel: 'a.fence', monitor: 'a.fence' }] },
      'socket a.fence is used twice',
    ],
    ['a path that no socket can have', { ...good, directory: `/${'x'.repeat(120)}` }, 'bytes, 1'],
    ['an unknown key', { ...good, colour: 'red' }, 'colour'],
    ['nothing at all', undefined, 'not valid'],
  ] as const)
    it(`with ${what} is refused`, () => {
      expect(() => parseFabricConfig(bad)).to.throw(UsageError, said);
    });
});
