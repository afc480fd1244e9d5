import type { Socket } from 'node:net';
import { join } from 'node:path';
import { hostNowMs } from '../clock.ts';
import { UsageError, messageOf } from '../errors.ts';
import type { Sighting } from '../fabric.ts';
import type { Fencing } from '../fencing.ts';
import { lineSplitter } from '../lines.ts';
import type { FabricConfig } from './config.ts';
import { maxRequestLength, parseFenceRequest, requestId, type FenceRequest } from './fence-request.ts';
import { pressPower, type PressPower } from './power-switch.ts';

type FenceSighting = Extract<Sighting, { kind: 'fencing' }>;

/** The lab's power switch, as servers reach it. */
export interface FenceRoom {
  /** Serves the channel of a server until it is closed. Whose channel it is says who asks. */
  serve(asker: string, socket: Socket): void;
  /** What was done last to each server. */
  fencings(): Fencing[];
  /** @returns a function that ends it */
  watch(report: (sighting: FenceSighting) => void): () => void;
}

/** Requests that may wait while another one is served. */
const maxWaiting = 8;

/**
 * Requests are served one after the other. One that waited while its asker was itself powered off, or its
 * machine ended, dies with it: of two servers
 * that shoot at each other one stays.
 */
export function createFenceRoom(
  { directory, powerSwitch }: Pick<FabricConfig, 'directory' | 'powerSwitch'>,
  log: (line: string) => void,
  press: PressPower = pressPower,
): FenceRoom {
  const last = new Map<string, Fencing>();
  const watchers = new Set<(sighting: FenceSighting) => void>();
  let turn = Promise.resolve();
  let waiting = 0;
  const monitorOf = (node: string): string => {
    const found = powerSwitch.find((each) => each.node === node);
    if (found === undefined) throw new UsageError(`there is no server ${node} in this lab`);
    return join(directory, found.monitor);
  };
  const isGone = (asker: string, askedMs: number): boolean => {
    const done = last.get(asker);
    return done !== undefined && done.action !== 'on' && done.atMs >= askedMs;
  };
  const perform = async (
    asker: string,
    { action, node }: Exclude<FenceRequest, { action: 'list' }>,
  ): Promise<string> => {
    const monitor = monitorOf(node);
    if (action === 'status') return (await press(monitor, node, action)).state;
    if (node === asker) throw new UsageError(`${asker} cannot fence itself`);
    const tell = (outcome: FenceSighting['outcome'], atMs: number, reason?: string): void => {
      log(`${asker} fences ${node} (${action}): ${outcome}${reason === undefined ? '' : `: ${reason}`}`);
      for (const report of watchers)
        report({
          kind: 'fencing',
          atMs,
          node: asker,
          target: node,
          action,
          outcome,
          ...(reason === undefined ? {} : { reason }),
        });
    };
    tell('asked', hostNowMs());
    try {
      const { state, atMs } = await press(monitor, node, action);
      last.set(node, { atMs, by: asker, node, action, state });
      tell('done', atMs);
      return state;
    } catch (error) {
      tell('failed', hostNowMs(), messageOf(error));
      throw error;
    }
  };
  const answer = async (
    asker: string,
    request: FenceRequest,
    askedMs: number,
  ): Promise<string | undefined> => {
    if (isGone(asker, askedMs)) {
      log(`${asker} was powered off before its turn came: ${request.action} is not done`);
      return undefined;
    }
    if (request.action === 'list') return powerSwitch.map(({ node }) => node).join(' ');
    return await perform(asker, request);
  };

  return {
    serve: (asker, socket) => {
      const reply = (id: string, text: string): void => {
        if (!socket.destroyed) socket.write(`${id} ${text.replaceAll('\n', ' ')}\n`);
      };
      const onLine = (line: string): void => {
        const id = requestId(line);
        if (id === undefined) {
          if (line !== '')
            log(`fence channel of ${asker}: not a request: ${JSON.stringify(line.slice(0, 60))}`);
          return;
        }
        const fail = (error: unknown): void => {
          reply(id, `error ${messageOf(error)}`);
        };
        let request: FenceRequest;
        try {
          request = parseFenceRequest(line);
          if (waiting >= maxWaiting) throw new UsageError('too many requests wait already');
        } catch (error) {
          fail(error);
          return;
        }
        const askedMs = hostNowMs();
        waiting++;
        turn = turn.then(async () => {
          try {
            if (socket.destroyed) return;
            const text = await answer(asker, request, askedMs);
            if (text !== undefined) reply(id, `ok ${text}`);
          } catch (error) {
            fail(error);
          } finally {
            waiting--;
          }
        });
      };
      socket.on('data', lineSplitter(onLine, maxRequestLength + 1));
      socket.on('error', (error) => {
        log(`fence channel of ${asker}: ${error.message}`);
      });
    },
    fencings: () => [...last.values()],
    watch: (report) => {
      watchers.add(report);
      return () => void watchers.delete(report);
    },
  };
}
