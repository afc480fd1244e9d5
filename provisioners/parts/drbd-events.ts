import type { Monitor, MonitorEvent } from '../../lab/stack.ts';
import { stampOf } from './logging.ts';

/**
 * State changes of DRBD as the node itself reports them, with its own time stamps. A node that has just booted may not
 * have loaded the module yet: the command waits for it.
 */
export function drbdEvents(node: string): Monitor {
  return {
    node,
    command:
      '{ until [ -e /proc/drbd ]; do sleep 1; done; exec stdbuf -oL drbdsetup events2 --timestamps all; } </dev/null & ' +
      'events=$!; cat >/dev/null; kill $events 2>/dev/null; exit 0',
    parse: parseDrbdEvent,
  };
}

/**
 * A line of `drbdsetup events2 --timestamps`. Of the state at the beginning (`exists`) only the role is told, so that who
 * was Primary before the watch began is known.
 */
export function parseDrbdEvent(line: string): MonitorEvent | undefined {
  const stamped = stampOf(line);
  const text = stamped?.rest ?? line;
  const [, action, object, rest] = /^(exists|change|destroy) ([a-z-]+) (.*)$/.exec(text) ?? [];
  if (action === undefined || object === undefined || rest === undefined) return undefined;
  if (action === 'exists' && object !== 'resource') return undefined;
  const kind = action === 'destroy' ? undefined : kindOf(object, fieldsOf(rest));
  return {
    source: 'drbd',
    kind: kind ?? 'log',
    subject: fieldsOf(rest).get('name') ?? 'drbd',
    text,
    ...(stamped === undefined ? {} : { guestMs: stamped.guestMs }),
  };
}

const lostConnections = new Set([
  'Timeout',
  'BrokenPipe',
  'NetworkFailure',
  'ProtocolError',
  'TearDown',
  'Unconnected',
  'Disconnecting',
  'StandAlone',
]);

function kindOf(object: string, fields: ReadonlyMap<string, string>): string | undefined {
  const role = fields.get('role');
  const connection = fields.get('connection');
  const replication = fields.get('replication');
  if (object === 'resource' && role === 'Primary') return 'promoted';
  if (object === 'resource' && role === 'Secondary') return 'demoted';
  if (object === 'connection' && connection === 'Connected') return 'replication-connected';
  if (object === 'connection' && connection !== undefined && lostConnections.has(connection))
    return 'replication-lost';
  if (object === 'peer-device' && (replication === 'SyncSource' || replication === 'SyncTarget'))
    return 'resync-started';
  return undefined;
}

function fieldsOf(text: string): Map<string, string> {
  return new Map(
    text.split(' ').map((word) => {
      const colon = word.indexOf(':');
      return [word.slice(0, colon), word.slice(colon + 1)] as const;
    }),
  );
}
