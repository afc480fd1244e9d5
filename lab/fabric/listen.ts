import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { flush } from './port.ts';
import type { Port } from './port.ts';
import { lengthBytes, plug, switchChunk, unplug } from './switch.ts';
import type { Switch } from './switch.ts';

/** Listens on a unix socket; one that a dead process left there is removed first. */
export async function listen(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  await rm(path, { force: true });
  const server = createServer(onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}

/** Gives a connection to a port and switches what it sends until it ends or sends garbage. */
export function attachPort(fabric: Switch, port: Port, socket: Socket): void {
  plug(fabric, port, socket);
  let partial = partialFrom(Buffer.alloc(0));
  socket.on('data', (read: Buffer) => {
    const touched: Port[] = [];
    let garbage: string | undefined;
    let chunk = read;
    const switchNow = (bytes: Buffer): void => {
      const switched = switchChunk(fabric, port, bytes, touched);
      garbage = switched.garbage;
      if (garbage === undefined) partial = partialFrom(bytes.subarray(switched.consumedBytes));
    };
    // Only the frame that the last read cut is put together by copying; the rest of the chunk is used as it is.
    while (partial.heldBytes > 0 && chunk.length > 0 && garbage === undefined) {
      const taken = chunk.subarray(0, partial.wantedBytes - partial.heldBytes);
      chunk = chunk.subarray(taken.length);
      partial.parts.push(taken);
      partial.heldBytes += taken.length;
      if (partial.heldBytes === partial.wantedBytes) switchNow(Buffer.concat(partial.parts));
    }
    if (chunk.length > 0 && garbage === undefined) switchNow(chunk);
    for (const target of touched) flush(target);
    if (garbage === undefined) return;
    fabric.log(`${port.node} ${port.nic}: ${garbage}; the connection is closed`);
    unplug(fabric, port, socket);
  });
  socket.on('error', (error) => {
    fabric.log(`${port.node} ${port.nic}: ${error.message}`);
  });
  socket.on('end', () => {
    unplug(fabric, port, socket);
  });
  socket.on('close', () => {
    unplug(fabric, port, socket);
  });
}

/** The start of a frame whose end has not been read yet. */
interface Partial {
  parts: Buffer[];
  heldBytes: number;
  /** Up to the end of the frame, or of its length where that is not known. */
  wantedBytes: number;
}

function partialFrom(rest: Buffer): Partial {
  const wantedBytes = lengthBytes + (rest.length < lengthBytes ? 0 : rest.readUInt32BE(0));
  return { parts: rest.length === 0 ? [] : [rest], heldBytes: rest.length, wantedBytes };
}
