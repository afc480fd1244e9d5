import type { Lab } from '../../lab/provider.ts';

/** What a command on a node prints, trimmed, whatever its status. */
export async function says(lab: Lab, node: string, command: string): Promise<string> {
  const { stdout } = await lab.machine(node).exec(command, { allowFailure: true, timeoutMs: 30_000 });
  return stdout.trim();
}

/** Whether one of three pings from a node to an address is answered within a second. */
export async function reaches(lab: Lab, from: string, address: string): Promise<boolean> {
  const { status } = await lab
    .machine(from)
    .exec(`ping -n -q -c 3 -i 0.3 -W 1 ${address}`, { allowFailure: true, timeoutMs: 30_000 });
  return status === 0;
}

export const address = { sv01: '192.168.33.11', nfs01: '192.168.33.21', nfs02: '192.168.33.22' } as const;
