import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { HostError, UsageError, messageOf } from '../errors.ts';
import { logFile, pidFile, readFabricConfig, socketsOf } from './config.ts';
import type { FabricConfig } from './config.ts';
import { serveControl } from './control.ts';
import type { ControlRoom } from './control.ts';
import { createFenceRoom } from './fence-channel.ts';
import { identify, identityText, runningFabric } from './identity.ts';
import { attachPort, listen } from './listen.ts';
import { closeSwitch, createSwitch } from './switch.ts';

/** How often the fabric looks whether its folder is still its own. */
const lookEveryMs = 250;

async function main(configPath: string | undefined): Promise<void> {
  if (configPath === undefined) throw new UsageError('the path of the configuration is missing');
  const config = await readFabricConfig(configPath);
  const { directory } = config;
  const log = (line: string): void => {
    appendLog(directory, line);
  };
  const pidText = await claim(directory);
  const fabric = createSwitch(config, log);
  const fencing = createFenceRoom(config, log);
  const room: ControlRoom = { fabric, fencing, config, captures: new Map(), lastCapture: 0 };
  const clients = new Set<Socket>();
  const servers: Server[] = [];
  let ending = false;

  const end = async (why: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log(`ends: ${why}`);
    closeSwitch(fabric);
    await Promise.allSettled([...room.captures.values()].map((capture) => capture.stop()));
    // A server that closes removes its socket's path, which may be another fabric's by now.
    if (existsSync(join(directory, pidFile)) && !owns(directory, pidText))
      process.kill(process.pid, 'SIGKILL');
    for (const server of servers) server.close();
    for (const client of clients) client.destroy();
    if (owns(directory, pidText)) await removeFiles(config);
    process.exit(0);
  };
  const endBecause = (why: string): void => {
    void end(why);
  };

  let idle: NodeJS.Timeout | undefined;
  const count = (socket: Socket): void => {
    clients.add(socket);
    clearTimeout(idle);
    socket.once('close', () => {
      clients.delete(socket);
      if (clients.size === 0) waitForClients();
    });
  };
  const waitForClients = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      endBecause(`nobody was connected for ${String(config.idleMs)} ms`);
    }, config.idleMs);
  };

  process.on('SIGTERM', endBecause);
  process.on('SIGINT', endBecause);
  for (const [at, port] of fabric.ports.entries()) {
    const path = join(directory, config.ports[at]?.socket ?? '');
    servers.push(
      await listen(path, (socket) => {
        count(socket);
        attachPort(fabric, port, socket);
      }),
    );
  }
  for (const { node, channel } of config.powerSwitch)
    servers.push(
      await listen(join(directory, channel), (socket) => {
        count(socket);
        fencing.serve(node, socket);
      }),
    );
  servers.push(
    await listen(join(directory, config.controlSocket), (socket) => {
      count(socket);
      serveControl(room, socket);
    }),
  );
  setInterval(() => {
    if (!owns(directory, pidText)) endBecause('the folder is gone or belongs to another fabric');
  }, lookEveryMs);
  if (clients.size === 0) waitForClients();
  log(`pid ${String(process.pid)} listens on ${String(fabric.ports.length)} ports`);
}

/**
 * Makes this process the folder's fabric by its pid file.
 * @throws HostError when the folder is open to others or another fabric holds it
 */
async function claim(directory: string): Promise<string> {
  const mode = statSync(directory).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new HostError(
      `${directory} is open to other users (mode ${mode.toString(8)})`,
      `chmod 700 ${directory}`,
    );
  const self = identify(process.pid);
  if (self === undefined) throw new HostError('the start time of this process cannot be read');
  const text = identityText(self);
  const path = join(directory, pidFile);
  for (;;) {
    try {
      await writeFile(path, text, { flag: 'wx', mode: 0o600 });
      return text;
    } catch (error) {
      if (!messageOf(error).includes('EEXIST')) throw error;
    }
    const other = await runningFabric(directory);
    if (other !== undefined) throw new HostError(`fabric ${String(other.pid)} already runs for ${directory}`);
    await rm(path, { force: true });
  }
}

function owns(directory: string, pidText: string): boolean {
  try {
    return readFileSync(join(directory, pidFile), 'utf8') === pidText;
  } catch {
    return false;
  }
}

async function removeFiles(config: FabricConfig): Promise<void> {
  for (const name of [...socketsOf(config), pidFile]) await rm(join(config.directory, name), { force: true });
}

function appendLog(directory: string, line: string): void {
  try {
    appendFileSync(join(directory, logFile), `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  } catch {
    // The folder is gone; the next look at it ends the process.
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  // Standard error is fabric.log when startFabric is the parent.
  process.stderr.write(`${new Date().toISOString()} cannot start: ${messageOf(error)}\n`);
  process.exit(1);
}
