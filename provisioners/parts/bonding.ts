import type { PlanStep } from '../../lab/plan.ts';
import type { Bond, Node } from '../../lab/topology.ts';
import { file, run } from './steps.ts';

export interface BondOptions {
  /** As ip-link(8) calls it. */
  mode: string;
  /** Milliseconds between two looks at the carrier of a slave, and until a change of it counts. */
  miimonMs: number;
  updelayMs: number;
  downdelayMs: number;
}

/**
 * A bond of interfaces(5), made by ip(8): no ifenslave takes part. A NIC can be joined only while it is down. Address and
 * broadcast address come from ifupdown, as for a NIC.
 */
export function bondInterface(
  { name, slaves, address }: Bond,
  { mode, miimonMs, updelayMs, downdelayMs }: BondOptions,
): string {
  const times = `miimon ${String(miimonMs)} updelay ${String(updelayMs)} downdelay ${String(downdelayMs)}`;
  return [
    `auto ${name}`,
    `iface ${name} inet static`,
    `  address ${address}`,
    `  pre-up ip link add ${name} type bond mode ${mode} ${times}`,
    ...slaves.flatMap((slave) => [
      `  pre-up ip link set dev ${slave} down`,
      `  pre-up ip link set dev ${slave} master ${name}`,
    ]),
    `  post-down ip link del ${name}`,
    '',
  ].join('\n');
}

/** Joins the NICs of every bond, now and at every boot. */
export function bondSteps(nodes: readonly Node[], options: BondOptions): PlanStep[] {
  const bonds = nodes.flatMap(({ name, bonds: own = [] }) => own.map((bond) => ({ node: name, bond })));
  const bonded = [...new Set(bonds.map(({ node }) => node))];
  return [
    file(bonded, '/etc/modprobe.d/lab-bonding.conf', 'options bonding max_bonds=0\n', {
      why: 'By itself the driver makes a bond0 of its own when it is loaded, which would be in the way.',
    }),
    ...bonds.map(({ node, bond }) =>
      file([node], `/etc/network/interfaces.d/${bond.name}`, bondInterface(bond, options)),
    ),
    run(bonded, 'Join the NICs, now and at every boot', [
      "grep -qs '^source.*/etc/network/interfaces.d' /etc/network/interfaces || echo 'source /etc/network/interfaces.d/*' >> /etc/network/interfaces",
      ...[...new Set(bonds.map(({ bond }) => bond.name))].map(
        (name) => `[ -e /sys/class/net/${name} ] || ifup ${name}`,
      ),
    ]),
  ];
}

/** What /proc/net/bonding/<name> says. */
export interface BondState {
  mode: string;
  up: boolean;
  slaves: readonly { name: string; up: boolean }[];
}

/** @returns undefined when there is no such bond */
export function parseBond(text: string): BondState | undefined {
  const [head = '', ...slaves] = text.split(/^Slave Interface: /m);
  const mode = /^Bonding Mode: (.+)$/m.exec(head)?.[1];
  if (mode === undefined) return undefined;
  const isUp = (part: string): boolean => /^MII Status: up$/m.test(part);
  return {
    mode,
    up: isUp(head),
    slaves: slaves.map((part) => ({ name: part.split('\n')[0] ?? '', up: isUp(part) })),
  };
}

/** Modes that the lab's switch carries, which forms no groups of ports, and the kernel's words for them in /proc/net/bonding. */
const modeTitles = {
  'balance-rr': 'load balancing (round-robin)',
  'active-backup': 'fault-tolerance (active-backup)',
} as const;
export type BondMode = keyof typeof modeTitles;
export const bondModes: readonly BondMode[] = ['balance-rr', 'active-backup'];

/** What is wrong with a bond; empty when it is up in its mode with every slave. */
export function bondFaults(
  state: BondState | undefined,
  bond: Pick<Bond, 'name' | 'slaves'>,
  mode: string,
): string[] {
  if (state === undefined) return [`no ${bond.name}`];
  const lacking = bond.slaves.filter(
    (name) => !state.slaves.some((slave) => slave.name === name && slave.up),
  );
  return [
    ...(state.mode === titleOf(mode) ? [] : [`mode ${state.mode}`]),
    ...(state.up ? [] : [`${bond.name} is down`]),
    ...lacking.map((name) => `${name} is not up in ${bond.name}`),
  ];
}

function titleOf(mode: string): string | undefined {
  const known = bondModes.find((each) => each === mode);
  return known === undefined ? undefined : modeTitles[known];
}
