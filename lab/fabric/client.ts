import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { HostError, RigError, UsageError, messageOf } from '../errors.ts';
import type { LabError } from '../errors.ts';
import type { Fabric, FabricPort, Sighting } from '../fabric.ts';
import { within } from '../wait.ts';
import { configFile, readFabricConfig } from './config.ts';
import { onLines } from './lines.ts';
import { messageSchema, parseRequest, resultSchema } from './protocol.ts';
import type { Message, RequestBody } from './protocol.ts';

/** A control connection to a running fabric. */
export interface FabricConnection extends Fabric {
  /** Settles, with the reason, when the connection ends other than by close(): the fabric died. */
  readonly lost: Promise<RigError>;
  /** Process and configuration of the fabric at the other end. */
  hello(): Promise<{ pid: number; config: unknown }>;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: LabError) => void;
}

/**
 * Connects to the fabric whose runtime folder this is. A request rejects with UsageError when it is not valid or names
 * something unknown, with TimeoutError after timeoutMs without an answer, and with RigError when the connection is lost.
 * An exception from an onSighting callback is not caught.
 * @throws RigError when no fabric listens there
 */
export async function connectFabric(
  directory: string,
  { timeoutMs = 5000 }: { timeoutMs?: number } = {},
): Promise<FabricConnection> {
  const socket = await open(directory, timeoutMs);
  const pending = new Map<number, Pending>();
  const observers = new Map<number, (sighting: Sighting) => void>();
  let lastId = 0;
  let ended: RigError | undefined;
  let closing = false;
  let cause = 'the other end closed it';
  let tellLost: (error: RigError) => void;
  const lost = new Promise<RigError>((settle) => {
    tellLost = settle;
  });

  onLines(socket, (line) => {
    const message = readMessage(line);
    if (message === undefined) socket.destroy(new Error(`not a message: ${line.slice(0, 200)}`));
    else if ('observer' in message) observers.get(message.observer)?.(message.sighting);
    else if ('error' in message) pending.get(message.reply)?.reject(errorFrom(message.error));
    else pending.get(message.reply)?.resolve(message.result);
  });
  socket.on('error', (error) => {
    cause = error.message;
  });
  socket.on('close', () => {
    ended = closing
      ? new RigError('the connection to the fabric was closed by its owner')
      : new RigError(
          `the connection to the fabric in ${directory} is lost: ${cause}`,
          `its last words are in ${join(directory, 'fabric.log')}`,
        );
    for (const { reject } of pending.values()) reject(ended);
    if (!closing) tellLost(ended);
  });

  const ask = async <T>(body: RequestBody, resultOf: z.ZodType<T>): Promise<T> => {
    if (ended !== undefined) throw ended;
    const request = parseRequest({ id: ++lastId, ...body });
    const { id } = request;
    const answered = new Promise<unknown>((resolve, reject) => {
      pending.set(id, { resolve, reject });
    });
    socket.write(`${JSON.stringify(request)}\n`);
    try {
      const result = await within(`the fabric's answer to ${body.op}`, timeoutMs, answered);
      const parsed = resultOf.safeParse(result);
      if (parsed.success) return parsed.data;
      throw new RigError(`the fabric's answer to ${body.op} is not valid: ${JSON.stringify(result)}`);
    } finally {
      pending.delete(id);
    }
  };

  const ports = (): Promise<FabricPort[]> => ask({ op: 'ports' }, resultSchema.ports);
  return {
    witness: 'fabric',
    lost,
    hello: () => ask({ op: 'hello' }, resultSchema.hello),
    ports,
    rules: () => ask({ op: 'rules' }, resultSchema.rules),
    fencings: () => ask({ op: 'fencings' }, resultSchema.fencings),
    addRule: (rule) => ask({ op: 'addRule', rule }, resultSchema.addRule),
    removeRule: (rule) => ask({ op: 'removeRule', rule }, resultSchema.removeRule),
    observe: async (filter, onSighting) => {
      const observer = ++lastId;
      observers.set(observer, onSighting);
      try {
        await ask({ op: 'observe', observer, filter }, resultSchema.nothing);
      } catch (error) {
        observers.delete(observer);
        throw error;
      }
      return {
        stop: async () => {
          if (!observers.delete(observer) || ended !== undefined) return;
          await ask({ op: 'stopObserving', observer }, resultSchema.nothing);
        },
      };
    },
    lastFrameFromMs: async (node, network) => {
      const seen = (await ports())
        .filter((port) => port.node === node && (network === undefined || port.network === network))
        .flatMap((port) => port.lastFrameFromNodeMs ?? []);
      return seen.length === 0 ? null : Math.max(...seen);
    },
    startCapture: (network, file) =>
      ask({ op: 'startCapture', network, file: resolve(file) }, resultSchema.startCapture),
    stopCapture: async (capture) =>
      (await ask({ op: 'stopCapture', capture }, resultSchema.stopCapture)) ?? undefined,
    close: () => {
      closing = true;
      socket.destroy();
    },
  };
}

async function open(directory: string, timeoutMs: number): Promise<Socket> {
  let socket: Socket | undefined;
  try {
    const { controlSocket } = await readFabricConfig(join(directory, configFile));
    const trying = connect(join(directory, controlSocket));
    socket = trying;
    await within(
      'a connection to the fabric',
      timeoutMs,
      new Promise<void>((resolve, reject) => {
        trying.once('connect', resolve);
        trying.once('error', reject);
      }),
    );
    trying.removeAllListeners('error');
    return trying;
  } catch (error) {
    socket?.destroy();
    throw new RigError(`no fabric answers in ${directory}: ${messageOf(error)}`, undefined, error);
  }
}

function readMessage(line: string): Message | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function errorFrom({ kind, message, hint }: Extract<Message, { error: unknown }>['error']): LabError {
  if (kind === 'usage') return new UsageError(message, hint);
  return kind === 'host' ? new HostError(message, hint) : new RigError(message, hint);
}
