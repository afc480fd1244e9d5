import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostNowMs } from '../../../lab/clock.ts';
import { RigError } from '../../../lab/errors.ts';
import { pressPower } from '../../../lab/fabric/power-switch.ts';
import { killNow, startQemu, strayProcesses } from '../../../lab/providers/qemu/process.ts';
import { connectQmp } from '../../../lab/qmp.ts';
import { failureOf } from '../../fakes/failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-switch-'));
let made = 0;
const newPath = (): string => join(folder, `m${String(made++)}.switch`);
after(() => {
  rmSync(folder, { recursive: true });
});

describe('the power switch, on a QEMU that emulates no machine', () => {
  let monitor: string;
  const status = async (): Promise<unknown> => {
    const qmp = await connectQmp(monitor, 'nfs01');
    try {
      return await qmp.command('query-status');
    } finally {
      qmp.close();
    }
  };

  beforeEach(async () => {
    monitor = newPath();
    await startQemu(
      [
        ...['-M', 'none', '-nodefaults', '-no-user-config', '-display', 'none', '-daemonize'],
        ...['-chardev', `socket,id=switch,path=${monitor},server=on,wait=off`],
        ...['-mon', 'chardev=switch,mode=control'],
      ],
      folder,
      'nfs01',
      {},
    );
  });
  afterEach(async () => {
    for (const pid of await strayProcesses(monitor)) await killNow(pid);
  });

  it('tells that it is on, and changes nothing by it', async () => {
    expect((await pressPower(monitor, 'nfs01', 'status')).state).to.equal('on');
    expect(await status()).to.include({ status: 'running' });
  });

  it('off: it stands still at its reset vector; on: it runs again', async () => {
    expect((await pressPower(monitor, 'nfs01', 'off')).state).to.equal('off');
    expect(await status()).to.include({ status: 'prelaunch', running: false });
    expect((await pressPower(monitor, 'nfs01', 'status')).state).to.equal('off');
    expect((await pressPower(monitor, 'nfs01', 'off')).state).to.equal('off');
    expect((await pressPower(monitor, 'nfs01', 'on')).state).to.equal('on');
    expect((await pressPower(monitor, 'nfs01', 'on')).state).to.equal('on');
    expect(await status()).to.include({ status: 'running' });
  });

  it('reboots it, whether it ran, was off, or stood still, and says when', async () => {
    const beforeMs = hostNowMs();
    const { state, atMs } = await pressPower(monitor, 'nfs01', 'reboot');
    expect(state).to.equal('on');
    expect(atMs).to.be.within(beforeMs, hostNowMs());
    await pressPower(monitor, 'nfs01', 'off');
    expect((await pressPower(monitor, 'nfs01', 'reboot')).state).to.equal('on');
    const qmp = await connectQmp(monitor, 'nfs01');
    await qmp.command('stop');
    qmp.close();
    expect((await pressPower(monitor, 'nfs01', 'status')).state).to.equal('on');
    expect((await pressPower(monitor, 'nfs01', 'reboot')).state).to.equal('on');
    expect(await status()).to.include({ status: 'running' });
  });

  it('takes a machine without a process for off, and cannot switch it on', async () => {
    for (const pid of await strayProcesses(monitor)) await killNow(pid);
    for (const path of [monitor, newPath()]) {
      for (const action of ['status', 'off', 'reboot'] as const)
        expect((await pressPower(path, 'nfs01', action)).state, action).to.equal('off');
      expect(await failureOf(pressPower(path, 'nfs01', 'on'))).to.be.instanceOf(RigError);
    }
  });

  it('does not take a path that is no socket for a machine that is off', async () => {
    const path = newPath();
    writeFileSync(join(folder, 'file'), '');
    await failureOf(pressPower(join(folder, 'file', 'below'), 'nfs01', 'off'));
    expect((await pressPower(path, 'nfs01', 'off')).state).to.equal('off');
  });
});

describe('the power switch, on a monitor that lies', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  /** A monitor that accepts everything, reports these events on a reset, and has this status for ever. */
  async function lying(status: string, events: readonly string[]): Promise<string> {
    const path = newPath();
    const listening = createServer((socket) => {
      const say = (document: unknown): void => void socket.write(`${JSON.stringify(document)}\n`);
      say({ QMP: {} });
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().trim().split('\n')) {
          const { execute, id } = JSON.parse(line) as { execute: string; id: number };
          if (execute === 'system_reset') for (const event of events) say({ event });
          if (execute === 'cont' && events.length === 0) socket.destroy();
          say({ return: execute === 'query-status' ? { status } : {}, id });
        }
      });
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(path, resolve));
    return path;
  }

  it('does not believe in an off that leaves the machine running', async () => {
    const error = await failureOf(pressPower(await lying('running', ['RESET']), 'nfs01', 'off'));
    expect(error.message).to.equal('nfs01 is on after off');
  });

  it('does not believe in an on or a reboot that leaves it off', async () => {
    for (const action of ['on', 'reboot'] as const) {
      const error = await failureOf(pressPower(await lying('prelaunch', ['RESET']), 'nfs01', action));
      expect(error.message).to.equal(`nfs01 is off after ${action}`);
      server?.close();
    }
  });

  it('says so when the monitor closes in the middle', async () => {
    const error = await failureOf(pressPower(await lying('paused', []), 'nfs01', 'on'));
    expect(error.message).to.equal('nfs01: QEMU closed its monitor');
  });
});
