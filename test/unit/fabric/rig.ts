import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostNowMs } from '../../../lab/clock.ts';
import { connectFabric } from '../../../lab/fabric/client.ts';
import type { FabricConnection } from '../../../lab/fabric/client.ts';
import { configFile, parseFabricConfig } from '../../../lab/fabric/config.ts';
import type { FabricConfig } from '../../../lab/fabric/config.ts';
import { serveControl } from '../../../lab/fabric/control.ts';
import { createFenceRoom } from '../../../lab/fabric/fence-channel.ts';
import { attachPort, listen } from '../../../lab/fabric/listen.ts';
import { closeSwitch, createSwitch } from '../../../lab/fabric/switch.ts';
import type { Switch } from '../../../lab/fabric/switch.ts';
import { waitFor, within } from '../../../lab/wait.ts';

/** A NIC as QEMU would connect it, which keeps every frame that it is handed. */
export interface Nic {
  socket: Socket;
  frames: Buffer[];
  send(...frames: Buffer[]): void;
  /** Waits for this many frames in all and returns them. */
  received(count: number): Promise<Buffer[]>;
}

export async function temporaryFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'lab-fabric-'));
}

export async function dial(path: string): Promise<Socket> {
  const socket = connect(path);
  await within(`a connection to ${path}`, 2000, once(socket, 'connect'));
  socket.on('error', () => undefined);
  return socket;
}

export async function plugIn(path: string): Promise<Nic> {
  const socket = await dial(path);
  const frames: Buffer[] = [];
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const end = 4 + held.readUInt32BE(0);
      frames.push(Buffer.from(held.subarray(4, end)));
      held = held.subarray(end);
    }
  });
  return {
    socket,
    frames,
    send: (...sent) => void socket.write(Buffer.concat(sent.map(framed))),
    received: async (count) => {
      await eventually(
        `${String(count)} frames`,
        () => frames.length >= count,
        () => String(frames.length),
      );
      return frames;
    },
  };
}

/** Looks every few milliseconds, for five seconds at most. */
export async function eventually(
  awaited: string,
  holds: () => boolean | Promise<boolean>,
  state: () => string = () => 'it does not hold',
): Promise<void> {
  await waitFor(
    awaited,
    async () => ((await holds()) ? { done: true, value: undefined } : { done: false, state: state() }),
    { timeoutMs: 5000, everyMs: 3 },
  );
}

export function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** Station 1 has the address 52:54:00:00:00:01; 255 is broadcast. */
export function mac(station: number): Buffer {
  return station === 255 ? Buffer.alloc(6, 0xff) : Buffer.from([0x52, 0x54, 0, 0, 0, station]);
}

/** A 64-byte frame of an experimental type, with a text to know it by. */
export function frame(from: number, to: number, text: string): Buffer {
  const payload = Buffer.alloc(50);
  payload.write(text);
  return Buffer.concat([mac(to), mac(from), Buffer.from([0x88, 0xb5]), payload]);
}

export function textOf(received: Buffer): string {
  return received.toString('latin1', 14).replace(/\0+$/, '');
}

export interface Rig {
  fabric: Switch;
  config: FabricConfig;
  log: string[];
  nic(node: string, nic?: string): Promise<Nic>;
  control(timeoutMs?: number): Promise<FabricConnection>;
  controlPath: string;
  close(): Promise<void>;
}

/** The fabric inside this process: nodes a, b, c on lan and a, d on crossover, over real unix sockets. */
export async function startRig(random?: () => number): Promise<Rig> {
  const directory = await temporaryFolder();
  const config = parseFabricConfig(exampleConfig(directory));
  await writeFile(join(directory, configFile), JSON.stringify(config));
  const log: string[] = [];
  const fabric = createSwitch(config, (line) => void log.push(line), random);
  const fencing = createFenceRoom(
    config,
    (line) => void log.push(line),
    (_monitor, _node, action) =>
      Promise.resolve({ state: action === 'off' ? 'off' : 'on', atMs: hostNowMs() }),
  );
  const room = { fabric, fencing, config, captures: new Map(), lastCapture: 0 };
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  for (const [at, port] of fabric.ports.entries())
    servers.push(
      await listen(join(directory, config.ports[at]?.socket ?? ''), (socket) => {
        attachPort(fabric, port, socket);
      }),
    );
  for (const { node, channel } of config.powerSwitch)
    servers.push(
      await listen(join(directory, channel), (socket) => {
        sockets.add(socket);
        fencing.serve(node, socket);
      }),
    );
  const controlPath = join(directory, config.controlSocket);
  servers.push(
    await listen(controlPath, (socket) => {
      sockets.add(socket);
      serveControl(room, socket);
    }),
  );
  const opened: { close(): void }[] = [];
  return {
    fabric,
    config,
    log,
    controlPath,
    nic: async (node, nic = 'eth1') => {
      const made = await plugIn(join(directory, `${node}-${nic}.sock`));
      opened.push({ close: () => made.socket.destroy() });
      const port = fabric.ports.find((one) => one.node === node && one.nic === nic);
      await eventually('the connection', () => port?.socket !== undefined);
      return made;
    },
    control: async (timeoutMs) => {
      const made = await connectFabric(directory, timeoutMs === undefined ? {} : { timeoutMs });
      opened.push(made);
      return made;
    },
    close: async () => {
      for (const one of opened) one.close();
      for (const socket of sockets) socket.destroy();
      closeSwitch(fabric);
      for (const server of servers) server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function exampleConfig(directory: string) {
  const port = (node: string, nic: string, network: string) => ({
    node,
    nic,
    network,
    socket: `${node}-${nic}.sock`,
  });
  return {
    directory,
    networks: ['lan', 'crossover'],
    ports: [
      port('a', 'eth1', 'lan'),
      port('b', 'eth1', 'lan'),
      port('c', 'eth1', 'lan'),
      port('a', 'eth2', 'crossover'),
      port('d', 'eth2', 'crossover'),
    ],
    powerSwitch: ['a', 'b'].map((node) => ({ node, channel: `${node}.fence`, monitor: `${node}.switch` })),
    controlSocket: 'control.sock',
    idleMs: 60_000,
  };
}

/** The promise's rejection; an error when it does not reject. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was rejected');
}
