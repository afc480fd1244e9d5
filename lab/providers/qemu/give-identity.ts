import { RigError } from '../../errors.ts';
import { SshMachine } from '../../machines/ssh.ts';
import { waitFor } from '../../wait.ts';
import { macAddress } from './arguments.ts';
import { identityScript } from './identity.ts';
import type { Image } from './image.ts';
import type { LabPlace } from './lab.ts';
import { sshPort } from './machine.ts';
import { machineSockets } from './paths.ts';

/** Turns a clone of the base machine that has just come to life into its node. @param hostKey private, for the node's sshd */
export async function giveIdentity(
  place: LabPlace,
  image: Image,
  nodeName: string,
  hostKey: string,
  signal: AbortSignal,
): Promise<void> {
  const node = place.topology.nodes.find((each) => each.name === nodeName);
  if (node === undefined) throw new RigError(`no node ${nodeName}`);
  const machine = new SshMachine(nodeName, async () => ({
    host: '127.0.0.1',
    port: await sshPort(machineSockets(place.runtime, nodeName).qmp, nodeName),
    user: 'root',
    privateKey: image.privateKey,
    hostKey: image.hostKey,
  }));
  try {
    await waitFor(
      `the clone for ${nodeName} to answer SSH`,
      async () => {
        await machine.exec('true', { timeoutMs: 20_000 });
        return { done: true, value: true };
      },
      { timeoutMs: 90_000, signal },
    );
    await machine.exec('sh -s', {
      timeoutMs: 60_000,
      signal,
      input: identityScript({
        node,
        domain: place.topology.domain,
        macs: node.nics.map((nic) => macAddress(place.name, nodeName, nic.name)),
        authorizedKey: place.machines.publicKey,
        hostKey,
      }),
    });
  } finally {
    machine.disconnect();
  }
}
