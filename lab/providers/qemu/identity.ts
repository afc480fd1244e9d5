import { randomBytes } from 'node:crypto';
import { seedCommand, setClockCommand } from '../../machines/wake.ts';
import { shellQuote } from '../../quote.ts';
import { addressOf, addressesOf, type Node } from '../../topology.ts';
import { interfacesFile } from './image-content.ts';

export interface Identity {
  node: Node;
  domain: string;
  macs: readonly string[];
  /** Public key of the lab, the only one that may log in afterwards. */
  authorizedKey: string;
  /** Private host key of this node. */
  hostKey: string;
}

/**
 * The script that turns a clone of the base machine into a node: what two machines must not share (name, machine-id, MAC
 * and IP addresses, SSH keys, state of the random generator) is replaced, in memory and on disk.
 */
export function identityScript({ node, domain, macs, authorizedKey, hostKey }: Identity): string {
  const q = shellQuote;
  const write = (path: string, mode: string, content: string): string =>
    `umask 077; printf %s ${q(content)} > ${q(path)}; chmod ${mode} ${q(path)}`;
  const own = addressesOf(node)[0]?.address;
  const hosts = `127.0.0.1 localhost\n${own === undefined ? '127.0.1.1' : addressOf(own)} ${node.name}.${domain} ${node.name}\n`;
  return [
    'set -e',
    setClockCommand(),
    seedCommand(),
    write('/etc/hostname', '644', `${node.name}\n`),
    `hostname ${q(node.name)}`,
    write('/etc/hosts', '644', hosts),
    write('/etc/machine-id', '444', `${randomBytes(16).toString('hex')}\n`),
    write('/etc/network/interfaces', '644', interfacesFile(node.nics)),
    ...node.nics.map((nic, index) => `ip link set dev ${q(nic.name)} address ${q(macs[index] ?? '')}`),
    ...node.nics.map((nic) => (nic.address === undefined ? ':' : `ifup ${q(nic.name)}`)),
    write('/etc/ssh/ssh_host_ed25519_key', '600', hostKey),
    write('/root/.ssh/authorized_keys', '600', `${authorizedKey}\n`),
    'kill -HUP "$(cat /run/sshd.pid)"',
  ].join('\n');
}
