import { randomBytes } from 'node:crypto';
import { CommandError, HostError, RigError, UsageError, messageOf } from '../../../errors.ts';
import { ruleSchema } from '../../../fabric/protocol.ts';
import type { ExecResult } from '../../../machine.ts';
import { didYouMean } from '../../../nearest.ts';
import type { ActiveRule, LabNetwork, NetworkRule } from '../../../network.ts';
import { shellQuote } from '../../../quote.ts';
import { complaints } from '../../../shape.ts';
import type { Node } from '../../../topology.ts';
import type { Guests } from './guests.ts';
import { macsOn, nicsOn } from './guests.ts';
import { ruleProgram } from './rule-program.ts';

/** Emulated guests are slow, and frames that wait get up to 5 s to leave when a rule ends. */
const changeTimeoutMs = 60_000;
const lookTimeoutMs = 10_000;

/** netem takes twice the jitter as a 32-bit number of nanoseconds (tabledist in net/sched/sch_netem.c). */
const maxJitterMs = 2000;
/** tc counts the time that its burst takes in 32 bits of 64 ns. */
const minBytesPerSecond = 100;
const maxBytesPerSecond = 1_250_000_000;

/**
 * Rules that the receiving guests keep themselves (see rule-program.ts): nothing of the sender takes part, so a rule acts on
 * ARP, broadcasts and every other frame that carries a MAC address of the sender. A rule with several receivers is in force
 * on each of them. Frames of virtual machines inside a sender have other addresses: only a rule without `from` hits them.
 * Nodes that do not answer are left out of what is listed and removed: rules end with their kernel, or after their time.
 */
export function guestRules(guests: Guests): Pick<LabNetwork, 'rules' | 'addRule' | 'removeRule'> {
  const { topology, machine } = guests;
  const ask = async (node: string, words: readonly string[], timeoutMs: number): Promise<ExecResult> => {
    const command = `exec perl - ${words.map(shellQuote).join(' ')}`;
    try {
      return await machine(node).exec(command, { input: ruleProgram, timeoutMs });
    } catch (error) {
      throw problemOf(node, error);
    }
  };
  /** Of every node that answers. @throws HostError when one answers that it cannot */
  const askAll = async (
    nodes: readonly Node[],
    words: readonly string[],
    timeoutMs: number,
  ): Promise<string[]> => {
    const answers = await Promise.allSettled(nodes.map(({ name }) => ask(name, words, timeoutMs)));
    const refused = failuresOf(answers).find((error) => error instanceof HostError);
    if (refused !== undefined) throw refused;
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.stdout] : []));
  };
  /** Rules of this process; one that does not concern a node that hangs does not wait for it. */
  const holders = new Map<string, readonly Node[]>();
  const removeRule = async (id: string): Promise<boolean> => {
    if (!/^r[0-9a-f]{1,32}$/.test(id)) return false;
    const answers = await askAll(holders.get(id) ?? topology.nodes, ['remove', id], changeTimeoutMs);
    holders.delete(id);
    return answers.some((answer) => answer.trim() === 'removed');
  };

  return {
    removeRule,
    rules: async () => merge((await askAll(topology.nodes, ['list'], lookTimeoutMs)).flatMap(parseList)),
    addRule: async (given) => {
      const { rule, sender, receivers } = check(guests, given);
      const id = `r${randomBytes(6).toString('hex')}`;
      holders.set(id, receivers);
      const answers = await Promise.allSettled(
        receivers.map((node) =>
          ask(node.name, ['add', ...ruleWords(guests, id, rule, sender, node)], changeTimeoutMs),
        ),
      );
      const failures = failuresOf(answers);
      if (failures.length === 0) return id;
      await removeRule(id).catch(() => undefined);
      const refused = failures.find((error) => error instanceof HostError);
      if (refused !== undefined) throw refused;
      throw new RigError(
        `the rule could not be put in force: ${failures.map(messageOf).join('; ')}`,
        'name the receiver (to) when other nodes are down',
        failures[0],
      );
    },
  };
}

function failuresOf(answers: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return answers.flatMap((answer): unknown[] => (answer.status === 'rejected' ? [answer.reason] : []));
}

/** @throws UsageError that names what is wrong with the rule; HostError when the sender's addresses are not known */
function check(
  guests: Guests,
  given: NetworkRule,
): { rule: NetworkRule; sender: Node | undefined; receivers: Node[] } {
  const parsed = ruleSchema.safeParse(given);
  if (!parsed.success) throw new UsageError(`not a rule: ${complaints(parsed.error).join('; ')}`);
  const rule = parsed.data;
  const { network, from, to, effect } = rule;
  const networks = guests.topology.networks.map(({ name }) => name);
  if (!networks.includes(network))
    throw new UsageError(`there is no network ${network}`, didYouMean(network, networks));
  if (effect.kind === 'delay' && effect.jitterMs > maxJitterMs)
    throw new UsageError(
      `guests cannot jitter by ${String(effect.jitterMs)} ms`,
      `at most ${String(maxJitterMs)}`,
    );
  if (
    effect.kind === 'rate' &&
    (effect.bytesPerSecond < minBytesPerSecond || effect.bytesPerSecond > maxBytesPerSecond)
  )
    throw new UsageError(
      `guests cannot hold a rate of ${String(effect.bytesPerSecond)} bytes per second`,
      `${String(minBytesPerSecond)} to ${String(maxBytesPerSecond)}`,
    );
  const members = guests.topology.nodes.filter((node) => nicsOn(node, network).length > 0);
  const member = (name: string): Node => {
    const found = members.find((node) => node.name === name);
    if (found !== undefined) return found;
    throw new UsageError(
      `network ${network} has no node ${name}`,
      didYouMean(
        name,
        members.map((node) => node.name),
      ),
    );
  };
  const sender = from === undefined ? undefined : member(from);
  const receivers = to === undefined ? members.filter((node) => node !== sender) : [member(to)];
  if (sender !== undefined && receivers.includes(sender))
    throw new UsageError(`no frame goes from ${sender.name} to itself over ${network}`);
  if (sender !== undefined && macsOn(guests, sender, network).length === 0)
    throw new HostError(
      `the MAC address of ${sender.name} on ${network} is not known`,
      'lab down, then lab up, reads it anew',
    );
  return { rule, sender, receivers };
}

/** What `add` of the program in the guest takes. Senders have numbers, 0 being any: their classes have to keep theirs. */
function ruleWords(
  guests: Guests,
  id: string,
  rule: NetworkRule,
  sender: Node | undefined,
  receiver: Node,
): string[] {
  const { network, effect, ttlMs } = rule;
  const [a, b] = figuresOf(effect);
  const words = {
    id,
    ttl: Math.ceil(ttlMs),
    kind: effect.kind,
    a,
    b,
    nics: nicsOn(receiver, network)
      .map((nic) => nic.name)
      .join(','),
    from: sender === undefined ? 0 : guests.topology.nodes.indexOf(sender) + 1,
    macs: sender === undefined ? '' : macsOn(guests, sender, network).join(','),
    rule: Buffer.from(JSON.stringify(rule)).toString('base64url'),
  };
  return Object.entries(words).map(([key, value]) => `${key}=${String(value)}`);
}

/** Parts per million; microseconds; bytes. */
function figuresOf(effect: NetworkRule['effect']): [number, number] {
  switch (effect.kind) {
    case 'drop':
      return [0, 0];
    case 'loss':
      return [Math.round(effect.probability * 1e6), 0];
    case 'delay':
      return [Math.round(effect.delayMs * 1000), Math.round(effect.jitterMs * 1000)];
    case 'rate':
      return [Math.round(effect.bytesPerSecond), Math.round(effect.queueBytes)];
  }
}

/** What a node printed for `list`. @throws RigError for what is no rule */
export function parseList(stdout: string): ActiveRule[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', expiresInMs, hits, text = ''] = line.split(' ');
      try {
        const rule = ruleSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
        const figures = { expiresInMs: Number(expiresInMs), hits: Number(hits) };
        if (Object.values(figures).every(Number.isSafeInteger)) return { ...rule, id, ...figures };
      } catch {
        // Told below.
      }
      throw new RigError(`a node told of a rule that cannot be one: ${line.slice(0, 200)}`);
    });
}

/** A rule with several receivers is told by each. */
function merge(parts: readonly ActiveRule[]): ActiveRule[] {
  const byId = new Map<string, ActiveRule>();
  for (const part of parts) {
    const held = byId.get(part.id);
    if (held === undefined) byId.set(part.id, { ...part });
    else {
      held.hits += part.hits;
      held.expiresInMs = Math.max(held.expiresInMs, part.expiresInMs);
    }
  }
  return [...byId.values()];
}

const packageOf: Readonly<Record<string, string>> = { nft: 'nftables', tc: 'iproute2', ip: 'iproute2' };

/** What an error of the program in the guest means. */
function problemOf(node: string, error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const { message } = error;
  const missing = error.status === 127 ? 'perl' : /lab-missing (\S+)/.exec(message)?.[1];
  if (missing !== undefined)
    return new HostError(
      `${node}: network rules need ${missing}, which is not there`,
      `a box whose guests have the package ${packageOf[missing] ?? missing}`,
      error,
    );
  const [, part = '', text = ''] = /lab-failed ([^:]+): (.*)/.exec(message) ?? [];
  if (part === '') return error;
  const isModule = /^(nf|nft|sch)_|^ifb$/.test(part);
  return new HostError(
    `${node}: the network rule failed at ${part}: ${text.trim()}`,
    isModule ? `a box whose kernel has ${part} (modprobe ${part} on ${node} says why it has not)` : undefined,
    error,
  );
}
