import { addressOf, addressesOf } from '../../lab/topology.ts';
import type { Topology } from '../../lab/topology.ts';

/**
 * /etc/hosts of every node: names resolve to the address on `network` and back without any DNS, which rpc.mountd and
 * statd rely on.
 */
export function hostsFile(
  topology: Topology,
  network: string,
  services: readonly { name: string; address: string }[],
): string {
  const line = (address: string, name: string): string =>
    `${address.padEnd(15)} ${name}.${topology.domain} ${name}`;
  const nodes = topology.nodes.flatMap((node) =>
    addressesOf(node)
      .filter((each) => each.network === network)
      .map(({ address }) => line(addressOf(address), node.name)),
  );
  return [
    '127.0.0.1       localhost',
    '::1             localhost ip6-localhost ip6-loopback',
    ...nodes,
    ...services.map((service) => line(addressOf(service.address), service.name)),
    '',
  ].join('\n');
}
