import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { fenceActions, type Fencing } from '../fencing.ts';
import type { FabricPort, Sighting, SightingFilter } from '../fabric.ts';
import type { ActiveRule, NetworkRule } from '../network.ts';

/** The control protocol: one JSON document per line. A request is answered by the reply with its id. */

const name = z.string().min(1);
const count = z.number().int().nonnegative();
const dayMs = 86_400_000;

const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('loss'), probability: z.number().min(0).max(1) }),
  z.strictObject({
    kind: z.literal('delay'),
    delayMs: z.number().min(0).max(600_000),
    jitterMs: z.number().min(0).max(600_000),
  }),
  z.strictObject({
    kind: z.literal('rate'),
    bytesPerSecond: z.number().positive(),
    queueBytes: z.number().nonnegative(),
  }),
]);

const ruleShape = {
  network: name,
  from: z.exactOptional(name),
  to: z.exactOptional(name),
  effect,
  ttlMs: z.number().positive().max(dayMs),
};

export const ruleSchema: z.ZodType<NetworkRule> = z.strictObject(ruleShape);

const activeRuleSchema: z.ZodType<ActiveRule> = z.strictObject({
  ...ruleShape,
  id: name,
  expiresInMs: z.number().nonnegative(),
  hits: count,
});

const portSchema: z.ZodType<FabricPort> = z.strictObject({
  node: name,
  nic: name,
  network: name,
  connected: z.boolean(),
  framesFromNode: count,
  framesToNode: count,
  framesDropped: count,
  lastFrameFromNodeMs: z.number().nullable(),
});

export const filterSchema: z.ZodType<SightingFilter> = z.strictObject({
  arp: z.exactOptional(z.boolean()),
  holderOf: z.exactOptional(z.array(z.ipv4()).readonly()),
  announcerOf: z.exactOptional(z.array(z.ipv4()).readonly()),
  serverOf: z.exactOptional(z.array(z.ipv4()).readonly()),
  tcpPort: z.exactOptional(z.number().int().min(1).max(65_535)),
  fencing: z.exactOptional(z.boolean()),
  pace: z.exactOptional(z.boolean()),
});

const sightingSchema: z.ZodType<Sighting> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('arp'),
    atMs: z.number(),
    network: name,
    node: name,
    operation: z.enum(['request', 'reply']),
    senderMac: z.string(),
    senderIp: z.string(),
    targetIp: z.string(),
    gratuitous: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('holder'),
    atMs: z.number(),
    network: name,
    address: z.string(),
    node: name,
    mac: z.string(),
    previous: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('announcer'),
    atMs: z.number(),
    network: name,
    address: z.string(),
    node: name,
    mac: z.string(),
    previous: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('server'),
    atMs: z.number(),
    network: name,
    address: z.string(),
    node: name,
    previous: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('tcp'),
    atMs: z.number(),
    network: name,
    node: name,
    from: z.string(),
    to: z.string(),
    flags: z.array(z.enum(['SYN', 'ACK', 'FIN', 'RST'])),
    payloadBytes: count,
    first: z.boolean(),
    again: z.exactOptional(z.boolean()),
    silentMs: z.exactOptional(z.number().nonnegative()),
  }),
  z.strictObject({
    kind: z.literal('pace'),
    atMs: z.number(),
    everyMs: z.number().positive(),
    wakes: count,
    worstLateMs: z.number().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('fencing'),
    atMs: z.number(),
    node: name,
    target: name,
    action: z.enum(fenceActions),
    outcome: z.enum(['asked', 'done', 'failed']),
    reason: z.exactOptional(z.string()),
  }),
  z.strictObject({ kind: z.literal('missed'), atMs: z.number(), count }),
]);

const fencingSchema: z.ZodType<Fencing> = z.strictObject({
  atMs: z.number(),
  by: name,
  node: name,
  action: z.enum(fenceActions),
  state: z.enum(['on', 'off']),
});

const id = z.number().int().positive();

const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({ id, op: z.literal('hello') }),
  z.strictObject({ id, op: z.literal('ports') }),
  z.strictObject({ id, op: z.literal('rules') }),
  z.strictObject({ id, op: z.literal('fencings') }),
  z.strictObject({ id, op: z.literal('addRule'), rule: ruleSchema }),
  z.strictObject({ id, op: z.literal('removeRule'), rule: z.string() }),
  /** The observer's number is the client's choice, so that no sighting can come before it is known. */
  z.strictObject({ id, op: z.literal('observe'), observer: id, filter: filterSchema }),
  z.strictObject({ id, op: z.literal('stopObserving'), observer: id }),
  z.strictObject({
    id,
    op: z.literal('startCapture'),
    network: z.string(),
    file: z.string().startsWith('/', 'must be an absolute path'),
  }),
  z.strictObject({ id, op: z.literal('stopCapture'), capture: z.string() }),
]);

export type Request = z.output<typeof requestSchema>;
/** @throws UsageError that names what is wrong */
export function parseRequest(given: unknown): Request {
  const parsed = requestSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UsageError(`not a request: ${issues.join('; ')}`);
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type RequestBody = WithoutId<Request>;

export const messageSchema = z.union([
  z.strictObject({ reply: id, result: z.unknown() }),
  z.strictObject({
    /** 0 when the request could not be read. */
    reply: z.number().int().nonnegative(),
    error: z.strictObject({
      kind: z.enum(['usage', 'host', 'rig']),
      message: z.string(),
      hint: z.exactOptional(z.string()),
    }),
  }),
  z.strictObject({ observer: id, sighting: sightingSchema }),
]);

export type Message = z.output<typeof messageSchema>;

/** Results by operation; operations without one answer null. */
export const resultSchema = {
  hello: z.strictObject({ pid: id, config: z.unknown() }),
  ports: z.array(portSchema),
  rules: z.array(activeRuleSchema),
  fencings: z.array(fencingSchema),
  addRule: z.string(),
  removeRule: z.boolean(),
  startCapture: z.string(),
  stopCapture: z.strictObject({ file: z.string(), frames: count }).nullable(),
  nothing: z.null(),
} as const;
