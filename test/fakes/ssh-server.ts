import type { AddressInfo, Socket } from 'node:net';
import ssh2, { type ServerChannel } from 'ssh2';
import type { SshEndpoint } from '../../lab/machines/ssh-endpoint.ts';
import { SshMachine, generateKeyPair } from '../../lab/machines/ssh.ts';

const hostKeys = generateKeyPair('host');
const userKeys = generateKeyPair('user');

/** A real SSH server of this process on 127.0.0.1; what a command does is the test's matter. */
export interface SshServer {
  endpoint: SshEndpoint & { hostKey: string };
  machine: SshMachine;
  readonly connections: number;
  /** Cuts every connection, as a dead node does that answers with a reset. */
  cut(): void;
  close(): Promise<void>;
}

export async function startSshServer(
  run: (command: string, channel: ServerChannel) => void,
): Promise<SshServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = new ssh2.Server({ hostKeys: [hostKeys.privateKey] }, (client) => {
    connections += 1;
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      context.accept();
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, info) => {
        const channel = acceptExec();
        channel.on('error', () => undefined);
        run(info.command, channel);
      });
    });
  });
  (server as unknown as { _srv: { on(event: 'connection', seen: (socket: Socket) => void): void } })._srv.on(
    'connection',
    (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const endpoint: SshServer['endpoint'] = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'root',
    privateKey: userKeys.privateKey,
    hostKey: hostKeys.publicKey,
  };
  const machine = new SshMachine('nfs01', () => Promise.resolve(endpoint));
  return {
    endpoint,
    machine,
    get connections() {
      return connections;
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      machine.disconnect();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
