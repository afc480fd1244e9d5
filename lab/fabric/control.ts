import type { Socket } from 'node:net';
import { hostNowMs } from '../clock.ts';
import { HostError, LabError, UsageError, messageOf } from '../errors.ts';
import type { Sighting } from '../fabric.ts';
import { startCapture } from './capture.ts';
import type { Capture } from './capture.ts';
import type { FabricConfig } from './config.ts';
import type { FenceRoom } from './fence-channel.ts';
import { onLines } from './lines.ts';
import { observe } from './observer.ts';
import { watchPace } from './pace.ts';
import type { Message, Request } from './protocol.ts';
import { parseRequest } from './protocol.ts';
import { activeRules, addRule, removeRule, segmentNamed } from './rules.ts';
import { portStates } from './switch.ts';
import type { Switch } from './switch.ts';

/** Sightings that wait for a client that does not read; more are counted and left out. */
const maxSightingBytes = 1024 * 1024;
/** A client that does not even read its replies is cut off. */
const maxReplyBytes = 8 * 1024 * 1024;

/** What control clients share. */
export interface ControlRoom {
  readonly fabric: Switch;
  readonly fencing: FenceRoom;
  readonly config: FabricConfig;
  readonly captures: Map<string, Capture>;
  lastCapture: number;
}

/** Serves one control client until it goes. Its observers and captures end with it; its rules stay until their time is over. */
export function serveControl(room: ControlRoom, socket: Socket): void {
  const observers = new Map<number, () => void>();
  const captures = new Set<string>();
  const send = (message: Message): void => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > maxReplyBytes) socket.destroy(new Error('replies are not read'));
  };
  const answer = async (request: Request): Promise<unknown> => {
    switch (request.op) {
      case 'observe':
        observers.get(request.observer)?.();
        observers.set(request.observer, startObserver(room, socket, request, send));
        return null;
      case 'stopObserving':
        observers.get(request.observer)?.();
        observers.delete(request.observer);
        return null;
      case 'startCapture': {
        const capture = await startCapture(segmentNamed(room.fabric, request.network), request.file);
        const id = `c${String(++room.lastCapture)}`;
        room.captures.set(id, capture);
        captures.add(id);
        if (socket.destroyed) await stopCapture(room, id);
        return id;
      }
      case 'stopCapture':
        return (await stopCapture(room, request.capture)) ?? null;
      default:
        return answerAtOnce(room, request);
    }
  };
  onLines(socket, (line) => {
    const { id, request } = readRequest(line);
    if (request instanceof UsageError) {
      room.fabric.log(`control: ${request.message}`);
      send({ reply: id, error: errorDocument(request) });
      if (id === 0) socket.end();
      return;
    }
    answer(request).then(
      (result) => {
        send({ reply: request.id, result });
      },
      (error: unknown) => {
        send({ reply: request.id, error: errorDocument(error) });
      },
    );
  });
  socket.on('error', (error) => {
    room.fabric.log(`control: ${error.message}`);
  });
  socket.on('close', () => {
    for (const stop of observers.values()) stop();
    for (const id of captures)
      stopCapture(room, id).catch((error: unknown) => {
        room.fabric.log(`control: ${messageOf(error)}`);
      });
  });
}

type AtOnce = Exclude<Request, { op: 'observe' | 'stopObserving' | 'startCapture' | 'stopCapture' }>;

function answerAtOnce({ fabric, fencing, config }: ControlRoom, request: AtOnce): unknown {
  switch (request.op) {
    case 'hello':
      return { pid: process.pid, config };
    case 'ports':
      return portStates(fabric);
    case 'fencings':
      return fencing.fencings();
    case 'rules':
      return activeRules(fabric);
    case 'addRule':
      return addRule(fabric, request.rule);
    case 'removeRule':
      return removeRule(fabric, request.rule);
  }
}

/** Stops a capture and forgets it; undefined when there is none of that id. */
async function stopCapture(
  room: ControlRoom,
  id: string,
): Promise<{ file: string; frames: number } | undefined> {
  const capture = room.captures.get(id);
  if (capture === undefined) return undefined;
  room.captures.delete(id);
  const { file, frames, missed } = await capture.stop();
  if (missed > 0) room.fabric.log(`capture ${file}: ${String(missed)} frames are missing, the disk was slow`);
  return { file, frames };
}

function startObserver(
  { fabric, fencing }: ControlRoom,
  socket: Socket,
  { observer, filter }: Extract<Request, { op: 'observe' }>,
  send: (message: Message) => void,
): () => void {
  let missed = 0;
  const tellMissed = (): void => {
    if (missed === 0) return;
    send({ observer, sighting: { kind: 'missed', atMs: hostNowMs(), count: missed } });
    missed = 0;
  };
  const report = (sighting: Sighting): void => {
    if (socket.writableLength > maxSightingBytes) missed++;
    else {
      tellMissed();
      send({ observer, sighting });
    }
  };
  socket.on('drain', tellMissed);
  const end = observe(fabric.segments.values(), filter, report);
  const endFencing = filter.fencing === true ? fencing.watch(report) : () => undefined;
  const endPace = filter.pace === true ? watchPace(report) : undefined;
  return () => {
    socket.off('drain', tellMissed);
    endPace?.();
    end();
    endFencing();
  };
}

/** The request with its id, which is 0 when it cannot be told. */
function readRequest(line: string): { id: number; request: Request | UsageError } {
  let id = 0;
  try {
    const given: unknown = JSON.parse(line);
    if (typeof given === 'object' && given !== null && 'id' in given)
      if (typeof given.id === 'number' && Number.isSafeInteger(given.id) && given.id > 0) id = given.id;
    return { id, request: parseRequest(given) };
  } catch (error) {
    const request = error instanceof UsageError ? error : new UsageError(`not JSON: ${line.slice(0, 200)}`);
    return { id, request };
  }
}

function errorDocument(error: unknown): Extract<Message, { error: unknown }>['error'] {
  const kind = error instanceof UsageError ? 'usage' : error instanceof HostError ? 'host' : 'rig';
  const hint = error instanceof LabError ? error.hint : undefined;
  return { kind, message: messageOf(error), ...(hint === undefined ? {} : { hint }) };
}
