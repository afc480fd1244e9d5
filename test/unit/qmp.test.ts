import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RigError, TimeoutError } from '../../lab/errors.ts';
import { killNow, livingProcess, startQemu, strayProcesses } from '../../lab/providers/qemu/process.ts';
import { connectQmp } from '../../lab/qmp.ts';
import { failureOf } from '../fakes/failure.ts';

describe('the monitor of a QEMU that emulates no machine', () => {
  // A comma, because QEMU wants it doubled in some of its arguments and not in others.
  const folder = mkdtempSync(join(tmpdir(), 'lab-qmp,test-'));
  let started = 0;
  let socket: string;
  let pidFile: string;

  beforeEach(async () => {
    const name = `m${String(started++)}`;
    socket = join(folder, `${name}.qmp`);
    pidFile = join(folder, `${name}.pid`);
    await startQemu(
      [
        ...['-M', 'none', '-S', '-nodefaults', '-no-user-config', '-display', 'none', '-daemonize'],
        ...['-pidfile', pidFile],
        ...['-chardev', `socket,id=qmp,path=${socket.replaceAll(',', ',,')},server=on,wait=off`],
        ...['-mon', 'chardev=qmp,mode=control'],
      ],
      folder,
      'nfs01',
      {},
    );
  });
  afterEach(async () => {
    for (const pid of await strayProcesses(socket)) await killNow(pid);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('answers commands, also several at once', async () => {
    const qmp = await connectQmp(socket, 'nfs01');
    const [status, version] = await Promise.all([qmp.command('query-status'), qmp.command('query-version')]);
    expect(status).to.include({ running: false });
    expect(version).to.have.property('qemu');
    qmp.close();
    await qmp.ended;
    expect(await failureOf(qmp.command('query-status'))).to.be.instanceOf(RigError);
  });

  it('refuses in its own words', async () => {
    const qmp = await connectQmp(socket, 'nfs01');
    const error = await failureOf(qmp.command('no-such-command'));
    expect(error.message).to.equal('nfs01: QEMU refused: The command no-such-command has not been found');
    expect(await qmp.command('query-status')).to.have.property('status');
    qmp.close();
  });

  it('is not waited for longer than asked', async () => {
    const qmp = await connectQmp(socket, 'nfs01');
    const [pid] = await strayProcesses(socket);
    if (pid === undefined) throw new Error('no QEMU');
    process.kill(pid, 'SIGSTOP');
    const error = await failureOf(qmp.command('query-status', {}, 50));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('nfs01: QEMU to answer query-status');
    process.kill(pid, 'SIGCONT');
    qmp.close();
  });

  it('ends every pending command when QEMU is killed', async () => {
    const qmp = await connectQmp(socket, 'nfs01');
    const pid = await livingProcess(pidFile, socket);
    if (pid === undefined) throw new Error('no QEMU');
    process.kill(pid, 'SIGSTOP');
    const pending = failureOf(qmp.command('query-status'));
    await killNow(pid);
    expect((await pending).message).to.equal('nfs01: QEMU closed its monitor');
    await qmp.ended;
    expect(await livingProcess(pidFile, socket)).to.equal(undefined);
  });

  it('tells of an event once it comes, and ends the wait for one that does not', async () => {
    const qmp = await connectQmp(socket, 'nfs01');
    await Promise.all([qmp.event('RESUME'), qmp.command('cont')]);
    const late = await failureOf(qmp.event('RESET', 50));
    expect(late).to.be.instanceOf(TimeoutError);
    expect(late.message).to.include('nfs01: RESET of QEMU');
    const cut = failureOf(qmp.event('RESET'));
    qmp.close();
    expect((await cut).message).to.equal('nfs01: QEMU closed its monitor');
    expect((await failureOf(qmp.event('RESET'))).message).to.equal('nfs01: QEMU closed its monitor');
  });

  it('tells a second client, in time, that another one may hold it', async () => {
    const first = await connectQmp(socket, 'nfs01');
    const error = await failureOf(connectQmp(socket, 'nfs01', 80));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include("nfs01: the greeting of QEMU's monitor").and.include('another client');
    first.close();
    (await connectQmp(socket, 'nfs01')).close();
  });

  it('says so when nobody listens', async () => {
    const error = await failureOf(connectQmp(join(folder, 'none.qmp'), 'nfs01'));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include('ENOENT');
  });

  it('is not reached through a QEMU that refuses its arguments, whose words are told', async () => {
    const error = await failureOf(startQemu(['-M', 'no-such-machine'], folder, 'nfs01', {}));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include('nfs01: QEMU did not start').and.include('unsupported machine type');
  });
});
