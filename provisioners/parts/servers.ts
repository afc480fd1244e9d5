import { messageOf } from '../../lab/errors.ts';
import type { Machine } from '../../lab/machine.ts';
import { serversOf } from '../../lab/topology.ts';
import type { Topology } from '../../lab/topology.ts';
import { describeDrbd, isRedundant } from './drbd.ts';
import type { DrbdState } from './drbd.ts';

/** As much of a lab as reading its state needs. */
export interface Reachable {
  readonly topology: Topology;
  machine(node: string): Pick<Machine, 'exec'>;
}

export function serverNames(lab: Reachable): string[] {
  return serversOf(lab.topology).map((node) => node.name);
}

export function peerOf(lab: Reachable, server: string): string {
  return serverNames(lab).find((name) => name !== server) ?? server;
}

/** The servers of which this holds. One that does not answer counts as one of which it does not: what it really does, only the fabric sees. */
export async function serversThat(
  lab: Reachable,
  holds: (server: string) => Promise<boolean>,
): Promise<string[]> {
  const names = serverNames(lab);
  const answers = await Promise.allSettled(names.map((name) => holds(name)));
  return names.filter((_, n) => {
    const answer = answers[n];
    return answer?.status === 'fulfilled' && answer.value;
  });
}

/**
 * Both replicas connected and up to date, as both servers see it. One that stands alone after a split brain stays so until
 * somebody decides whose data is thrown away.
 */
export async function bothRedundant(
  lab: Reachable,
  drbdOf: (server: string) => Promise<DrbdState | undefined>,
): Promise<{ ok: boolean; found: string; stuck?: boolean }> {
  const views = await Promise.all(
    serverNames(lab).map(async (name) => {
      try {
        const drbd = await drbdOf(name);
        return {
          ok: isRedundant(drbd),
          stuck: drbd?.connection === 'StandAlone',
          found: `${name}: ${describeDrbd(drbd)}`,
        };
      } catch (error) {
        return { ok: false, stuck: false, found: `${name}: ${messageOf(error)}` };
      }
    }),
  );
  return {
    ok: views.every((view) => view.ok),
    ...(views.some((view) => view.stuck) ? { stuck: true } : {}),
    found: views.map((view) => view.found).join('; '),
  };
}
