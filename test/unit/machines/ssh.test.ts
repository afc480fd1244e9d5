import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import type { ServerChannel } from 'ssh2';
import { hostNowMs } from '../../../lab/clock.ts';
import { CommandError, InterruptedError, RigError, TimeoutError } from '../../../lab/errors.ts';
import { SshMachine, generateKeyPair } from '../../../lab/machines/ssh.ts';
import { eventually, failureOf } from '../../fakes/failure.ts';
import { startSshServer, type SshServer } from '../../fakes/ssh-server.ts';

const channels = new Map<string, ServerChannel>();
const closed = new Set<string>();
const commands: string[] = [];

/** What the commands of these tests do on the far side. */
function answer(command: string, channel: ServerChannel): void {
  commands.push(command);
  channels.set(command, channel);
  channel.on('close', () => closed.add(command));
  const input: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => {
    input.push(chunk);
    if (command === 'lines' || command.startsWith('exec perl')) answerLine(command, channel);
  });
  const end = (status: number): void => {
    channel.exit(status);
    channel.end();
  };
  switch (command) {
    case 'at once':
      channel.write('quick');
      end(0);
      return;
    case 'fails':
      channel.stderr.write('no such thing\n');
      end(3);
      return;
    case 'signalled':
      channel.exit('KILL');
      channel.end();
      return;
    case 'cat':
      channel.on('end', () => {
        channel.write(Buffer.concat(input));
        channel.stderr.write('words');
        end(0);
      });
      return;
    case 'lines':
      channel.write('first\nsec');
      setTimeout(() => channel.write('ond\n'), 5);
      channel.on('end', () => {
        end(7);
      });
      return;
    default:
      if (command.startsWith('umask'))
        channel.on('end', () => {
          execFileSync('sh', ['-c', command], { input: Buffer.concat(input) });
          end(0);
        });
  }
}

function answerLine(command: string, channel: ServerChannel): void {
  if (command === 'lines') return;
  channel.write(`${String(Date.now())}.000 ${(hostNowMs() + 5000).toFixed(3)}\n`);
}

describe('SshMachine', () => {
  let server: SshServer;

  before(async () => {
    server = await startSshServer(answer);
  });
  after(() => server.close());

  it('gives status and both outputs of a command that read its input', async () => {
    const input = 'x'.repeat(300_000);
    const result = await server.machine.exec('cat', { input });
    expect(result).to.deep.equal({ stdout: input, stderr: 'words', status: 0 });
  });

  it('feeds a command from a stream to its end, and hands its output on as it comes', async () => {
    const text = 'y'.repeat(300_000);
    const heard = { stdout: '', stderr: '' };
    const result = await server.machine.exec('cat', {
      input: Readable.from([Buffer.from(text), Buffer.from('!')]),
      onOutput: (from, chunk) => {
        heard[from] += chunk.toString();
      },
    });
    expect(result).to.deep.equal({ stdout: '', stderr: '', status: 0 });
    expect(heard).to.deep.equal({ stdout: `${text}!`, stderr: 'words' });
  });

  it('lets go of a stream that goes on after the command ended', async () => {
    const input = new PassThrough();
    const result = await server.machine.exec('at once', { input });
    expect(result.stdout).to.equal('quick');
    expect([input.listenerCount('error'), input.listenerCount('data'), input.isPaused()]).to.deep.equal([
      0,
      0,
      true,
    ]);
  });

  it('ends a command whose input cannot be read', async () => {
    const input = new PassThrough();
    const running = failureOf(server.machine.exec('waits for input', { input }));
    await eventually('it runs', () => channels.has('waits for input'));
    input.destroy(new Error('the file is gone'));
    expect((await running).message).to.equal('the file is gone');
    await eventually('the far side sees the channel closed', () => closed.has('waits for input'));
  });

  it('misses nothing of a command that ends in the same breath as it starts', async () => {
    for (let i = 0; i < 20; i++)
      expect(await server.machine.exec('at once')).to.deep.equal({ stdout: 'quick', stderr: '', status: 0 });
  });

  it('throws what a failed command said, unless failure is allowed', async () => {
    const error = await failureOf(server.machine.exec('fails'));
    expect(error).to.be.instanceOf(CommandError);
    expect(error.message).to.include('nfs01: "fails" ended with status 3').and.include('no such thing');
    expect((await server.machine.exec('fails', { allowFailure: true })).status).to.equal(3);
  });

  it('tells a signal by a status of null', async () => {
    expect((await server.machine.exec('signalled', { allowFailure: true })).status).to.equal(null);
  });

  it('gives up at the timeout and ends the command', async () => {
    const error = await failureOf(server.machine.exec('hangs', { timeoutMs: 60 }));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('nfs01: "hangs"');
    await eventually('the far side sees the channel closed', () => closed.has('hangs'));
  });

  it('is interrupted by the signal, before and during a command', async () => {
    const controller = new AbortController();
    const running = failureOf(server.machine.exec('hangs too', { signal: controller.signal }));
    await eventually('it runs', () => channels.has('hangs too'));
    controller.abort();
    expect(await running).to.be.instanceOf(InterruptedError);
    const late = await failureOf(server.machine.exec('never runs', { signal: controller.signal }));
    expect(late).to.be.instanceOf(InterruptedError);
    expect(commands).not.to.include('never runs');
  });

  it('is interrupted while it still waits for the connection', async () => {
    const machine = new SshMachine('sv01', () => new Promise(() => undefined));
    const controller = new AbortController();
    const running = failureOf(machine.exec('true', { signal: controller.signal }));
    controller.abort();
    expect(await running).to.be.instanceOf(InterruptedError);
    expect(await failureOf(machine.exec('true', { timeoutMs: 20 }))).to.be.instanceOf(TimeoutError);
  });

  it('calls a connection that is lost during a command a broken rig, and connects anew for the next', async () => {
    const before = server.connections;
    const running = failureOf(server.machine.exec('is cut'));
    await eventually('it runs', () => channels.has('is cut'));
    server.cut();
    const error = await running;
    expect(error).to.be.instanceOf(RigError).and.not.instanceOf(CommandError);
    expect(error.message).to.include('connection was lost during "is cut"');
    expect((await server.machine.exec('at once')).stdout).to.equal('quick');
    expect(server.connections).to.equal(before + 1);
  });

  it('keeps one connection for many commands, also when they come at once and after a disconnect', async () => {
    const before = server.connections;
    server.machine.disconnect();
    await Promise.all(Array.from({ length: 10 }, () => server.machine.exec('at once')));
    // The end of the dropped connection arrives late and must not be taken for the end of the new one.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.machine.exec('at once');
    expect(server.connections).to.equal(before + 1);
  });

  it('fails at once for a node that is known to be away', async () => {
    server.machine.setAway('it was halted');
    const error = await failureOf(server.machine.exec('at once'));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include('it was halted');
    server.machine.setAway(undefined);
    await server.machine.exec('at once');
  });

  it('refuses a node with another host key', async () => {
    const machine = new SshMachine('nfs02', () =>
      Promise.resolve({ ...server.endpoint, hostKey: generateKeyPair('other').publicKey }),
    );
    const error = await failureOf(machine.exec('at once'));
    expect(error).to.be.instanceOf(RigError);
    expect(error.message).to.include(`SSH to 127.0.0.1:${String(server.endpoint.port)} failed`);
    const none = new SshMachine('nfs02', () => Promise.resolve({ ...server.endpoint, hostKey: '' }));
    expect(await failureOf(none.exec('at once'))).to.be.instanceOf(RigError);
  });

  it('learns the key of a new node, as a .pub file has it, and refuses another one from then on', async () => {
    const learned: string[] = [];
    const learning = new SshMachine('nfs02', () =>
      Promise.resolve({ ...server.endpoint, hostKey: { learn: (key) => learned.push(key) } }),
    );
    expect((await learning.exec('at once')).stdout).to.equal('quick');
    await learning.exec('at once');
    learning.disconnect();
    expect(learned).to.deep.equal([server.endpoint.hostKey.split(' ').slice(0, 2).join(' ')]);
    expect(learned[0]).to.match(/^ssh-ed25519 AAAA\S+$/);

    const [hostKey = ''] = learned;
    const knowing = new SshMachine('nfs02', () => Promise.resolve({ ...server.endpoint, hostKey }));
    expect((await knowing.exec('at once')).stdout).to.equal('quick');
    knowing.disconnect();
    const other = new SshMachine('nfs02', () =>
      Promise.resolve({ ...server.endpoint, hostKey: hostKey.slice(0, -4) }),
    );
    expect(await failureOf(other.exec('at once'))).to.be.instanceOf(RigError);
  });

  it('learns nothing from a port where nobody listens', async () => {
    const learned: string[] = [];
    const machine = new SshMachine('nfs02', () =>
      Promise.resolve({ ...server.endpoint, port: 1, hostKey: { learn: (key) => learned.push(key) } }),
    );
    expect(await failureOf(machine.exec('at once'))).to.be.instanceOf(RigError);
    expect(learned).to.deep.equal([]);
  });

  it('explains a key that is none, and a port where nobody listens', async () => {
    const noKey = new SshMachine('sv01', () => Promise.resolve({ ...server.endpoint, privateKey: 'no' }));
    expect(await failureOf(noKey.exec('true'))).to.be.instanceOf(RigError);
    const nobody = new SshMachine('sv01', () => Promise.resolve({ ...server.endpoint, port: 1 }));
    const error = await failureOf(nobody.exec('true'));
    expect(error.message).to.include('ECONNREFUSED');
  });

  it('hands on lines as they come, with their time, and ends the command through its input', async () => {
    const lines: string[] = [];
    const fromMs = hostNowMs();
    const running = await server.machine.stream('lines', (line, atMs) => {
      expect(atMs).to.be.within(fromMs, hostNowMs());
      lines.push(line);
    });
    await eventually('two lines', () => lines.length === 2);
    expect(lines).to.deep.equal(['first', 'second']);
    expect(await running.stop(1000)).to.equal(7);
    expect(await running.stop(1000)).to.equal(7);
  });

  it('ends a stream in time whose far side never answers', async () => {
    const running = await server.machine.stream('stubborn', () => undefined);
    const fromMs = performance.now();
    expect(await running.stop(50)).to.equal(null);
    expect(performance.now() - fromMs).to.be.below(1000);
  });

  it('tells the end of a stream whose connection was lost', async () => {
    const running = await server.machine.stream('lines', () => undefined);
    server.cut();
    expect(await running.ended).to.equal(null);
    running.write('to nobody\n');
  });

  it('uploads to a path with anything in it, with the mode that was asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-ssh-test-'));
    try {
      const path = join(folder, `a b'$(touch ${folder}/owned)`, 'ha.cf');
      await server.machine.upload(path, 'deadtime 10\n', 0o640);
      expect(readFileSync(path, 'utf8')).to.equal('deadtime 10\n');
      expect(statSync(path).mode & 0o777).to.equal(0o640);
      expect(statSync(join(folder, 'owned'), { throwIfNoEntry: false })).to.equal(undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads both clocks of the node', async () => {
    await server.machine.calibrate(5);
    expect(server.machine.monotonicClock.count).to.equal(5);
    const now = hostNowMs();
    const mapped = server.machine.monotonicClock.toHost(now + 5000);
    expect(mapped?.hostMs).to.be.closeTo(now, 50);
    expect(server.machine.wallClock.uncertaintyMs).to.be.below(50);
  });

  it('starts a new clock agent after the connection was lost', async () => {
    await server.machine.calibrate(1);
    server.cut();
    await failureOf(server.machine.calibrate(1)).catch(() => undefined);
    const before = server.machine.wallClock.count;
    await server.machine.calibrate(1);
    expect(server.machine.wallClock.count).to.equal(before + 1);
  });

  it('ends a connection that is still being made when it is disconnected', async () => {
    let give: (() => void) | undefined;
    const machine = new SshMachine(
      'sv02',
      () =>
        new Promise((resolve) => {
          give = () => {
            resolve(server.endpoint);
          };
        }),
    );
    const before = server.connections;
    const running = failureOf(machine.exec('at once'));
    await eventually('it asked where', () => give !== undefined);
    machine.disconnect();
    give?.();
    expect(await running).to.be.instanceOf(RigError);
    expect(server.connections).to.equal(before);
  });
});
