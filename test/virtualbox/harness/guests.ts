import type { ServerChannel } from 'ssh2';
import { parseMachineReadable } from '../../../lab/providers/virtualbox/machine-info.ts';
import type { VirtualBoxTools } from '../../../lab/providers/virtualbox/tools.ts';
import { messageOf } from '../../../lab/errors.ts';
import type { Node } from '../../../lab/topology.ts';
import { startSshServer, type SshServer } from '../../fakes/ssh-server.ts';
import type { GuestAddress } from './vagrant.ts';

/** What stands in for the sshd of the guests, which boot sectors do not have. */
export interface Guests {
  addresses: readonly GuestAddress[];
  /** Commands that a guest was given, in their order. */
  commands(node: string): readonly string[];
  close(): Promise<void>;
}

/**
 * One SSH server of this process for each node. It knows what lab asks of a bare guest, answers while the node's machine runs
 * and cuts the connection when it does not.
 * @param machineOf how VirtualBox calls a node's machine
 */
export async function startGuests(
  nodes: readonly Node[],
  tools: VirtualBoxTools,
  machineOf: (node: string) => string,
): Promise<Guests> {
  const given = new Map<string, string[]>();
  const servers = new Map<string, SshServer>();
  for (const { name } of nodes) {
    const commands: string[] = [];
    given.set(name, commands);
    servers.set(
      name,
      await startSshServer((command, channel) => {
        commands.push(command);
        answer(command, channel, () =>
          tools.manage(['showvminfo', machineOf(name), '--machinereadable']),
        ).catch((error: unknown) => {
          channel.stderr.write(messageOf(error));
          channel.close();
        });
      }),
    );
  }
  return {
    addresses: [...servers].map(([node, { endpoint }]) => ({
      node,
      host: endpoint.host,
      port: endpoint.port,
    })),
    commands: (node) => given.get(node) ?? [],
    close: async () => {
      for (const server of servers.values()) await server.close();
    },
  };
}

async function answer(command: string, channel: ServerChannel, info: () => Promise<string>): Promise<void> {
  const values = parseMachineReadable(await info());
  if (values.get('VMState') !== 'running') {
    channel.close();
    return;
  }
  const said = saidTo(command, values);
  if (said === undefined) channel.stderr.write(`a boot sector does not know ${JSON.stringify(command)}\n`);
  else channel.write(said);
  channel.exit(said === undefined ? 127 : 0);
  channel.end();
}

/** What a guest of lab says to a command; undefined for one that is none of those. */
function saidTo(command: string, machine: ReadonlyMap<string, string>): string | undefined {
  if (command.startsWith('if [ "$(id -u)" = 0 ]; then sh -c ')) return '';
  if (/^date -u -s @\d+\.\d{3} /.test(command) || command === 'true') return '';
  const nics = [...command.matchAll(/echo '?(eth(\d))'? "\$\(cat /g)];
  if (nics.length === 0) return undefined;
  return nics
    .map(
      ([, nic = '', number]) =>
        `${nic} ${macOf(machine.get(`macaddress${String(Number(number) + 1)}`) ?? '')}\n`,
    )
    .join('');
}

/** 080027ABCDEF -> 08:00:27:ab:cd:ef */
function macOf(digits: string): string {
  return (digits.toLowerCase().match(/../g) ?? []).join(':');
}
