import ssh2, { type Algorithms, type ClientChannel } from 'ssh2';
import { hostNowMs, ClockTrack } from '../clock.ts';
import { CommandError, InterruptedError, RigError, TimeoutError, messageOf } from '../errors.ts';
import type { ExecOptions, ExecResult, Machine, RunningCommand } from '../machine.ts';
import { shellQuote } from '../quote.ts';
import { abandon, feed } from './channel.ts';
import { startClockAgent, type ClockAgent } from './clock-agent.ts';
import { acceptsHostKey } from './host-key.ts';
import { lineSplitter } from '../lines.ts';
import { fastAlgorithms } from './ssh-algorithms.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';

/**
 * A fresh ed25519 key pair in OpenSSH format. ssh2 1.17 makes a private key that it cannot read itself once in about 300
 * (10 of 3000 tried): such a pair is thrown away.
 */
export function generateKeyPair(comment: string): { privateKey: string; publicKey: string } {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(privateKey) instanceof Error)) return { privateKey, publicKey };
  }
  throw new RigError('no SSH key pair could be made that can be read again');
}

interface Connection {
  ready: Promise<ssh2.Client>;
  end(): void;
}

const streamOpensWithinMs = 30_000;

/**
 * A machine behind SSH with one kept connection. `endpoint` is asked for each time a connection is opened, because a node
 * that was started again may have another port.
 */
export class SshMachine implements Machine {
  readonly name: string;
  readonly wallClock = new ClockTrack();
  readonly monotonicClock = new ClockTrack();
  private readonly endpoint: () => Promise<SshEndpoint>;
  private connection: Connection | undefined;
  private agent: Promise<ClockAgent> | undefined;
  private away: string | undefined;

  constructor(name: string, endpoint: () => Promise<SshEndpoint>) {
    this.name = name;
    this.endpoint = endpoint;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { timeoutMs = 60_000, signal, input = '', allowFailure = false, onOutput } = options;
    const told = JSON.stringify(command.slice(0, 200));
    const result = await new Promise<ExecResult>((resolve, reject) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let status: number | null | undefined;
      let channel: ClientChannel | undefined;
      let over = false;
      let endInput = (): void => undefined;
      const settle = (act: () => void): void => {
        over = true;
        clearTimeout(timer);
        endInput();
        signal?.removeEventListener('abort', interrupt);
        act();
      };
      const giveUp = (error: Error): void => {
        settle(() => {
          channel?.close();
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
        const state = channel === undefined ? 'the command could not be started yet' : seen;
        giveUp(new TimeoutError(`${this.name}: ${told}`, timeoutMs, state));
      }, timeoutMs);
      if (signal?.aborted === true) {
        interrupt();
        return;
      }
      signal?.addEventListener('abort', interrupt, { once: true });
      this.open(command, (opened) => {
        if (over) {
          abandon(opened);
          return;
        }
        channel = opened;
        opened.on('data', (chunk: Buffer) => {
          if (onOutput === undefined) stdout.push(chunk);
          else onOutput('stdout', chunk);
        });
        opened.stderr.on('data', (chunk: Buffer) => {
          if (onOutput === undefined) stderr.push(chunk);
          else onOutput('stderr', chunk);
        });
        opened.on('exit', (code: number | null) => {
          status = code;
        });
        opened.on('close', () => {
          settle(() => {
            if (status === undefined)
              reject(new RigError(`${this.name}: the connection was lost during ${told}`));
            else
              resolve({
                stdout: Buffer.concat(stdout).toString(),
                stderr: Buffer.concat(stderr).toString(),
                status,
              });
          });
        });
        if (typeof input === 'string' || Buffer.isBuffer(input)) opened.end(input);
        else endInput = feed(input, opened, giveUp);
      }).catch(giveUp);
    });
    if (result.status !== 0 && !allowFailure)
      throw new CommandError(this.name, command.slice(0, 400), result.status, result.stderr || result.stdout);
    return result;
  }

  async stream(command: string, onLine: (line: string, hostMs: number) => void): Promise<RunningCommand> {
    let finish: (status: number | null) => void = () => undefined;
    const ended = new Promise<number | null>((resolve) => {
      finish = resolve;
    });
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      let over = false;
      const timer = setTimeout(() => {
        over = true;
        const told = JSON.stringify(command.slice(0, 200));
        reject(new TimeoutError(`${this.name} to start ${told}`, streamOpensWithinMs, 'no answer'));
      }, streamOpensWithinMs);
      this.open(command, (opened) => {
        clearTimeout(timer);
        if (over) {
          abandon(opened);
          return;
        }
        let status: number | null = null;
        opened.on(
          'data',
          lineSplitter((line) => {
            onLine(line, hostNowMs());
          }),
        );
        opened.stderr.on('data', () => undefined);
        opened.on('exit', (code: number | null) => {
          status = code;
        });
        opened.on('close', () => {
          finish(status);
        });
        resolve(opened);
      }).catch((error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      });
    });
    return {
      ended,
      write: (text) => {
        channel.write(text);
      },
      stop: async (timeoutMs) => {
        channel.end();
        // A node that is gone never answers the closing of a channel.
        const timer = setTimeout(() => {
          channel.close();
          finish(null);
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
    const starting = (this.agent ??= startClockAgent(this));
    try {
      const agent = await starting;
      for (let i = 0; i < readings; i++) {
        const { sentMs, receivedMs, wallMs, monotonicMs } = await agent.read();
        this.wallClock.add({ sentMs, receivedMs, guestMs: wallMs });
        this.monotonicClock.add({ sentMs, receivedMs, guestMs: monotonicMs });
      }
    } catch (error) {
      // An agent that was too late once could answer the next question with the last answer.
      if (this.agent === starting) this.agent = undefined;
      starting.then(
        (agent) => {
          agent.end();
        },
        () => undefined,
      );
      throw error;
    }
  }

  disconnect(): void {
    const held = this.connection;
    this.connection = undefined;
    this.agent = undefined;
    held?.end();
  }

  setAway(reason: string | undefined): void {
    this.away = reason;
    if (reason !== undefined) this.disconnect();
  }

  /** `attach` gets the channel at once, for its first events can arrive together with the answer that it is open. */
  private async open(command: string, attach: (channel: ClientChannel) => void): Promise<void> {
    if (this.away !== undefined) throw new RigError(`${this.name} does not answer: ${this.away}`);
    this.connection ??= this.connect();
    const client = await this.connection.ready;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        client.off('close', lost);
        reject(new RigError(`${this.name}: cannot run a command: ${error.message}`, undefined, error));
      };
      const lost = (): void => {
        reject(new RigError(`${this.name}: the SSH connection was lost`));
      };
      client.once('close', lost);
      try {
        client.exec(command, (error, channel) => {
          if (error !== undefined) {
            fail(error);
            return;
          }
          client.off('close', lost);
          channel.on('error', () => undefined);
          attach(channel);
          resolve();
        });
      } catch (error) {
        fail(error instanceof Error ? error : new Error(messageOf(error)));
      }
    });
  }

  private connect(): Connection {
    const client = new ssh2.Client();
    client.setMaxListeners(64);
    let wanted = true;
    const connection: Connection = {
      ready: this.handshake(client, () => wanted),
      end: () => {
        wanted = false;
        client.destroy();
      },
    };
    const forget = (): void => {
      if (this.connection !== connection) return;
      this.connection = undefined;
      this.agent = undefined;
    };
    client.on('close', forget);
    connection.ready.catch(forget);
    return connection;
  }

  private async handshake(client: ssh2.Client, isWanted: () => boolean): Promise<ssh2.Client> {
    const { host, port, user, privateKey, hostKey, algorithms } = await this.endpoint();
    try {
      await new Promise<void>((resolve, reject) => {
        const closed = (): void => {
          reject(new Error('the connection was closed'));
        };
        client.once('ready', () => {
          client.setNoDelay(true);
          resolve();
        });
        client.on('error', reject);
        client.once('close', closed);
        if (!isWanted()) {
          closed();
          return;
        }
        client.connect({
          host,
          port,
          username: user,
          privateKey,
          readyTimeout: 20_000,
          keepaliveInterval: 10_000,
          keepaliveCountMax: 12,
          hostVerifier: (key: Buffer) => acceptsHostKey(hostKey, key),
          algorithms: (algorithms ?? fastAlgorithms) as Algorithms,
        });
      });
      return client;
    } catch (error) {
      client.destroy();
      throw new RigError(
        `${this.name}: SSH to ${host}:${String(port)} failed: ${messageOf(error)}`,
        undefined,
        error,
      );
    }
  }
}
