import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The other end of a machine's cluster cable: a UDP tunnel carries each Ethernet frame in a packet of its own. */
export interface CableEnd {
  port: number;
  readonly frames: number;
  /** Frames that come within this time from now on. */
  within(ms: number): Promise<number>;
  /** Waits for one more frame. @throws Error when none comes in time */
  next(timeoutMs: number): Promise<void>;
  close(): void;
}

export async function openCableEnd(): Promise<CableEnd> {
  const socket = createSocket('udp4');
  let frames = 0;
  socket.on('message', () => {
    frames += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    get frames() {
      return frames;
    },
    within: async (ms) => {
      const before = frames;
      await sleep(ms);
      return frames - before;
    },
    next: async (timeoutMs) => {
      const before = frames;
      const deadline = performance.now() + timeoutMs;
      while (frames === before) {
        if (performance.now() > deadline) throw new Error(`no frame within ${String(timeoutMs)} ms`);
        await sleep(20);
      }
    },
    close: () => {
      socket.close();
    },
  };
}
