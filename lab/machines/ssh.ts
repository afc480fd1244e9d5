import ssh2, { type ClientChannel } from 'ssh2';
import { hostNowMs, ClockTrack } from '../clock.ts';
import { CommandError, InterruptedError, RigError, TimeoutError, messageOf } from '../errors.ts';
import type { ExecOptions, ExecResult, Machine, RunningCommand } from '../machine.ts';
import { shellQuote } from '../quote.ts';
import { lineSplitter } from './lines.ts';

export interface SshEndpoint {
  host: string;
  port: number;
  user: string;
  /** OpenSSH private key. */
  privateKey: string;
  /** The node's only acceptable host key, as in a .pub file: `ssh-ed25519 AAAA...`. */
  hostKey: string;
  algorithms?: { kex?: readonly string[]; serverHostKey?: readonly string[]; cipher?: readonly string[] };
}

/** A fresh ed25519 key pair in OpenSSH format. */
export function generateKeyPair(comment: string): { privateKey: string; publicKey: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}

const clockAgent =
  'exec perl -MTime::HiRes=clock_gettime,CLOCK_REALTIME,CLOCK_MONOTONIC -e ' +
  shellQuote(
    '$|=1; while(<STDIN>){ printf "%.3f %.3f\\n", clock_gettime(CLOCK_REALTIME)*1e3, clock_gettime(CLOCK_MONOTONIC)*1e3 }',
  );

/**
 * A machine behind SSH with one kept connection. `endpoint` is asked for each time a connection is opened, because a node
 * that was started again may have another port.
 */
export class SshMachine implements Machine {
  readonly name: string;
  readonly wallClock = new ClockTrack();
  readonly monotonicClock = new ClockTrack();
  private readonly endpoint: () => Promise<SshEndpoint>;
  private connection: Promise<ssh2.Client> | undefined;
  private agent: Promise<ClockAgent> | undefined;

  constructor(name: string, endpoint: () => Promise<SshEndpoint>) {
    this.name = name;
    this.endpoint = endpoint;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { timeoutMs = 60_000, signal, input, allowFailure = false } = options;
    const channel = await this.open(command, timeoutMs);
    const result = await new Promise<ExecResult>((resolve, reject) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let status: number | null | undefined;
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupt);
        act();
      };
      const giveUp = (error: Error): void => {
        settle(() => {
          channel.close();
          reject(error);
        });
      };
      const interrupt = (): void => {
        giveUp(new InterruptedError());
      };
      const timer = setTimeout(() => {
        const seen = Buffer.concat([...stdout, ...stderr])
          .toString()
          .slice(-500);
        giveUp(new TimeoutError(`${this.name}: ${JSON.stringify(command.slice(0, 200))}`, timeoutMs, seen));
      }, timeoutMs);
      if (signal?.aborted === true) {
        interrupt();
        return;
      }
      signal?.addEventListener('abort', interrupt, { once: true });
      channel.on('data', (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      channel.on('exit', (code: number | null) => {
        status = code;
      });
      channel.on('close', () => {
        settle(() => {
          if (status === undefined)
            reject(
              new RigError(
                `${this.name}: the connection was lost during ${JSON.stringify(command.slice(0, 200))}`,
              ),
            );
          else
            resolve({
              stdout: Buffer.concat(stdout).toString(),
              stderr: Buffer.concat(stderr).toString(),
              status,
            });
        });
      });
      channel.end(input ?? '');
    });
    if (result.status !== 0 && !allowFailure)
      throw new CommandError(this.name, command.slice(0, 400), result.status, result.stderr || result.stdout);
    return result;
  }

  async stream(command: string, onLine: (line: string, hostMs: number) => void): Promise<RunningCommand> {
    const channel = await this.open(command, 30_000);
    const split = lineSplitter((line) => {
      onLine(line, hostNowMs());
    });
    let status: number | null = null;
    channel.on('data', split);
    channel.stderr.on('data', () => undefined);
    channel.on('exit', (code: number | null) => {
      status = code;
    });
    const ended = new Promise<number | null>((resolve) => {
      channel.on('close', () => {
        resolve(status);
      });
    });
    return {
      ended,
      write: (text) => {
        channel.write(text);
      },
      stop: async (timeoutMs) => {
        channel.end();
        const timer = setTimeout(() => {
          channel.close();
          channel.destroy();
        }, timeoutMs);
        try {
          return await ended;
        } finally {
          clearTimeout(timer);
        }
      },
    };
  }

  async upload(path: string, content: string | Buffer, mode: number): Promise<void> {
    const target = shellQuote(path);
    const fresh = shellQuote(`${path}.lab-new`);
    await this.exec(
      `umask 077 && mkdir -p "$(dirname ${target})" && cat > ${fresh} && chmod ${mode.toString(8)} ${fresh} && mv -f ${fresh} ${target}`,
      { input: content },
    );
  }

  async download(path: string): Promise<Buffer> {
    const result = await this.exec(`base64 ${shellQuote(path)}`);
    return Buffer.from(result.stdout, 'base64');
  }

  async calibrate(readings: number): Promise<void> {
    this.agent ??= startClockAgent(this);
    let agent: ClockAgent;
    try {
      agent = await this.agent;
    } catch (error) {
      this.agent = undefined;
      throw error;
    }
    for (let i = 0; i < readings; i++) {
      const { sentMs, receivedMs, wallMs, monotonicMs } = await agent.read();
      this.wallClock.add({ sentMs, receivedMs, guestMs: wallMs });
      this.monotonicClock.add({ sentMs, receivedMs, guestMs: monotonicMs });
    }
  }

  disconnect(): void {
    this.agent = undefined;
    const held = this.connection;
    this.connection = undefined;
    held?.then(
      (client) => {
        client.destroy();
      },
      () => undefined,
    );
  }

  private async open(command: string, timeoutMs: number): Promise<ClientChannel> {
    this.connection ??= this.connect();
    let client: ssh2.Client;
    try {
      client = await this.connection;
    } catch (error) {
      this.connection = undefined;
      throw error;
    }
    return await new Promise<ClientChannel>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new TimeoutError(`${this.name} to open a channel`, timeoutMs, 'connected, no answer'));
      }, timeoutMs);
      const lost = (): void => {
        clearTimeout(timer);
        reject(new RigError(`${this.name}: the SSH connection was lost`));
      };
      client.once('close', lost);
      client.exec(command, (error, channel) => {
        clearTimeout(timer);
        client.off('close', lost);
        if (error === undefined) resolve(channel);
        else reject(new RigError(`${this.name}: cannot run a command: ${error.message}`, undefined, error));
      });
    });
  }

  private async connect(): Promise<ssh2.Client> {
    const { host, port, user, privateKey, hostKey, algorithms } = await this.endpoint();
    const expected = hostKey.split(/\s+/)[1] ?? '';
    const client = new ssh2.Client();
    client.setMaxListeners(64);
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.on('error', (error) => {
        reject(
          new RigError(
            `${this.name}: SSH to ${host}:${String(port)} failed: ${messageOf(error)}`,
            undefined,
            error,
          ),
        );
      });
      client.connect({
        host,
        port,
        username: user,
        privateKey,
        readyTimeout: 20_000,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 12,
        hostVerifier: (key: Buffer) => key.toString('base64') === expected,
        algorithms: (algorithms ?? fastAlgorithms) as NonNullable<
          Parameters<ssh2.Client['connect']>[0]['algorithms']
        >,
      });
    });
    client.on('close', () => {
      this.connection = undefined;
      this.agent = undefined;
    });
    return client;
  }
}

/** Cheapest for an emulated processor; both ends are ours. */
const fastAlgorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes128-ctr', 'chacha20-poly1305@openssh.com'],
};

interface ClockAgent {
  read(): Promise<{ sentMs: number; receivedMs: number; wallMs: number; monotonicMs: number }>;
}

async function startClockAgent(machine: SshMachine): Promise<ClockAgent> {
  let deliver: ((line: string, receivedMs: number) => void) | undefined;
  let lost = false;
  const running = await machine.stream(clockAgent, (line, hostMs) => deliver?.(line, hostMs));
  void running.ended.then(() => {
    lost = true;
  });
  let turn: Promise<unknown> = Promise.resolve();
  const readOnce = (): Promise<{ sentMs: number; receivedMs: number; wallMs: number; monotonicMs: number }> =>
    new Promise((resolve, reject) => {
      if (lost) {
        reject(new RigError(`${machine.name}: the clock agent is gone`));
        return;
      }
      const timer = setTimeout(() => {
        deliver = undefined;
        reject(new TimeoutError(`${machine.name} to tell its clock`, 10_000, 'no answer'));
      }, 10_000);
      const sentMs = hostNowMs();
      deliver = (line, receivedMs) => {
        clearTimeout(timer);
        deliver = undefined;
        const [wallMs, monotonicMs] = line.split(' ').map(Number);
        if (wallMs === undefined || monotonicMs === undefined || !Number.isFinite(wallMs + monotonicMs))
          reject(new RigError(`${machine.name}: its clock answered ${JSON.stringify(line)}`));
        else resolve({ sentMs, receivedMs, wallMs, monotonicMs });
      };
      running.write('\n');
    });
  return {
    read: () => {
      const result = turn.then(readOnce, readOnce);
      turn = result.catch(() => undefined);
      return result;
    },
  };
}
