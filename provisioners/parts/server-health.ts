import { messageOf } from '../../lab/errors.ts';
import type { Health } from '../../lab/stack.ts';
import type { Condition } from './conditions.ts';
import { describeDrbd, isRedundant } from './drbd.ts';
import type { DrbdState } from './drbd.ts';
import { peerOf, serverNames } from './servers.ts';
import type { Reachable } from './servers.ts';

/** What one look at a server of a heartbeat cluster shows. */
export interface ServerView {
  /** What heartbeat says of the other server, as `active`, and of each link to it, as `up`. */
  peer: string;
  links: readonly { name: string; state: string }[];
  /** Each part of the service: whether it is here, in words and as a flag. */
  parts: readonly { found: string; here: boolean }[];
  drbd: DrbdState | undefined;
}

export interface Expectation {
  preferred: string;
  /** False: the service may be on either server, as long as it is on one. */
  failsBack: boolean;
}

/** Every condition of the servers. One that does not answer makes its conditions fail; nothing is thrown for it. */
export async function serverHealth(
  lab: Reachable,
  look: (server: string) => Promise<ServerView>,
  { preferred, failsBack }: Expectation,
): Promise<Health> {
  const views = await Promise.all(
    serverNames(lab).map(async (name) => {
      try {
        return { name, view: await look(name) };
      } catch (error) {
        return { name, error: messageOf(error) };
      }
    }),
  );
  const holder = views.find(({ view }) => view !== undefined && servesWhole(view))?.name;
  const expected = failsBack ? preferred : (holder ?? preferred);
  return views.flatMap(({ name, view, error }) =>
    view === undefined
      ? [{ what: `${name} answers`, ok: false, found: error }]
      : serverConditions(name, peerOf(lab, name), view, name === expected),
  );
}

/** It has every part of the service. */
export function servesWhole({ parts }: ServerView): boolean {
  return parts.every((part) => part.here);
}

/** What must hold on one server, which should hold the service or none of it. */
export function serverConditions(name: string, peer: string, view: ServerView, holds: boolean): Condition[] {
  const { parts, links, drbd } = view;
  const idle = parts.every((part) => !part.here) && drbd?.role === 'Secondary';
  return [
    {
      what: `${name} sees ${peer}`,
      ok: view.peer === 'active' && links.every((link) => link.state === 'up'),
      found: [`${peer} ${view.peer}`, ...links.map((link) => `link ${link.name} ${link.state}`)].join(', '),
    },
    {
      what: holds ? `${name} holds the service` : `${name} holds no part of the service`,
      ok: holds ? servesWhole(view) && drbd?.role === 'Primary' : idle,
      found: [...parts.map((part) => part.found), `DRBD ${drbd?.role ?? 'unconfigured'}`].join(', '),
    },
    {
      what: `${name}: DRBD is connected, both replicas up to date`,
      ok: isRedundant(drbd),
      found: describeDrbd(drbd),
    },
  ];
}
