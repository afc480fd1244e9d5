import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { RigError, TimeoutError, messageOf } from './errors.ts';
import { lineSplitter } from './lines.ts';
import { within } from './wait.ts';

const Message = z.union([
  z.looseObject({ QMP: z.unknown() }),
  z.looseObject({ return: z.unknown(), id: z.number() }),
  z.looseObject({ error: z.looseObject({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
  z.looseObject({ event: z.string(), data: z.unknown().optional() }),
]);

export interface Qmp {
  /** @throws RigError with QEMU's own words when it refuses or its monitor is closed; TimeoutError after timeoutMs (default 10 000). */
  command(name: string, args?: Record<string, unknown>, timeoutMs?: number): Promise<unknown>;
  /**
   * The next event of this name after the call.
   * @throws RigError when the monitor closes before it; TimeoutError after timeoutMs (default 10 000)
   */
  event(name: string, timeoutMs?: number): Promise<void>;
  /** Settles when the connection ended: QEMU is gone, or close() was called. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Connects to a QEMU monitor socket and negotiates (QEMU docs/interop/qmp-spec). One client at a time is served. */
export async function connectQmp(path: string, owner: string, timeoutMs = 10_000): Promise<Qmp> {
  const socket = await open(path, owner, timeoutMs);
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const awaited = new Set<{ event: string; resolve: () => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let greeted: (() => void) | undefined;
  const greeting = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  socket.on(
    'data',
    lineSplitter((line) => {
      const parsed = Message.safeParse(safeJson(line));
      if (!parsed.success) return;
      const message = parsed.data;
      if ('QMP' in message) greeted?.();
      else if ('error' in message && typeof message.id === 'number') {
        const reason = (message.error as { desc: string }).desc;
        pending.get(message.id)?.reject(new RigError(`${owner}: QEMU refused: ${reason}`));
        pending.delete(message.id);
      } else if ('return' in message && typeof message.id === 'number') {
        pending.get(message.id)?.resolve(message.return);
        pending.delete(message.id);
      } else if ('event' in message) {
        for (const each of awaited) if (each.event === message.event) each.resolve();
      }
    }, 1 << 20),
  );
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      const closed = new RigError(`${owner}: QEMU closed its monitor`);
      for (const { reject } of [...pending.values(), ...awaited]) reject(closed);
      pending.clear();
      resolve();
    });
  });
  const command = (
    name: string,
    args: Record<string, unknown> = {},
    commandTimeoutMs = 10_000,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(new RigError(`${owner}: QEMU closed its monitor`));
        return;
      }
      const id = nextId++;
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new TimeoutError(`${owner}: QEMU to answer ${name}`, commandTimeoutMs, 'no answer'));
      }, commandTimeoutMs);
      pending.set(id, {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      socket.write(`${JSON.stringify({ execute: name, arguments: args, id })}\n`);
    });
  const event = async (name: string, eventTimeoutMs = 10_000): Promise<void> => {
    if (socket.destroyed) throw new RigError(`${owner}: QEMU closed its monitor`);
    let forget: () => void = () => undefined;
    try {
      await within(
        `${owner}: ${name} of QEMU`,
        eventTimeoutMs,
        new Promise<void>((resolve, reject) => {
          const entry = { event: name, resolve, reject };
          awaited.add(entry);
          forget = () => awaited.delete(entry);
        }),
      );
    } finally {
      forget();
    }
  };
  try {
    await greetingWithin(greeting, ended, owner, timeoutMs);
    await command('qmp_capabilities');
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { command, event, ended, close: () => socket.destroy() };
}

async function greetingWithin(
  greeting: Promise<void>,
  ended: Promise<void>,
  owner: string,
  timeoutMs: number,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      const seen = 'connected; another client may hold it';
      reject(new TimeoutError(`${owner}: the greeting of QEMU's monitor`, timeoutMs, seen));
    }, timeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    void greeting.then(() => {
      settle(resolve);
    });
    void ended.then(() => {
      settle(() => {
        reject(new RigError(`${owner}: QEMU closed its monitor before it greeted`));
      });
    });
  });
}

function safeJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function open(path: string, owner: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new TimeoutError(`${owner}: QEMU's monitor at ${path}`, timeoutMs, 'not listening'));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(new RigError(`${owner}: QEMU's monitor does not answer: ${messageOf(error)}`, undefined, error));
    });
  });
}
