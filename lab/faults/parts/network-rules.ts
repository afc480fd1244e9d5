import type { Fault, FaultContext } from '../../fault.ts';
import type { ActiveRule, NetworkRule } from '../../network.ts';
import { waitFor } from '../../wait.ts';
import { defaultTtlMs, type FaultBounds } from './bounds.ts';

/** A rule without its end: the fault gives all of them one time to live. */
export type RuleWish = Omit<NetworkRule, 'ttlMs'>;

/**
 * A fault that is nothing but rules on frames. It bit when every rule has hit a frame, in each direction that it names; it
 * is healed when none of them is in force.
 * @param wishes the rules for the node that the fault is injected on
 * @param told what a hit does to a frame, as `dropped`
 */
export function rulesFault(
  what: Pick<Fault, 'name' | 'title'>,
  wishes: (context: FaultContext) => RuleWish[],
  told: string,
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const added: string[] = [];
  return {
    ...what,
    needs: ['network-rules'],
    ttlMs,

    inject: async (context) => {
      for (const wish of wishes(context)) added.push(await context.lab.network.addRule({ ...wish, ttlMs }));
    },

    proven: async (context) => {
      const { network } = context.lab;
      const witness = network.witness === 'fabric' ? 'the fabric' : 'the receiving guest';
      const expected = wishes(context);
      const rules = await waitFor(
        `frames to meet the rules of ${what.title}`,
        async () => {
          const found = await network.rules();
          const inForce = expected.map((wish) => found.find((rule) => isSame(rule, wish)));
          const idle = expected.filter((_, i) => (inForce[i]?.hits ?? 0) === 0);
          const met = inForce.filter((rule) => rule !== undefined);
          return idle.length === 0 && met.length > 0
            ? { done: true, value: met }
            : {
                done: false,
                state:
                  met.length === 0
                    ? 'no rule of it is in force'
                    : idle.map((wish) => `no frame ${directionOf(wish)} met its rule`).join('; '),
              };
        },
        { timeoutMs: provenWithinMs, everyMs: 200, signal: context.signal },
      );
      return {
        proof: rules.map(
          (rule) => `${witness} ${told} ${String(rule.hits)} frames ${directionOf(rule)} on ${rule.network}`,
        ),
      };
    },

    heal: async ({ lab }) => {
      for (const id of added) await lab.network.removeRule(id);
      added.length = 0;
    },

    healed: async (context) => {
      await waitFor(
        `the rules of ${what.title} to be gone`,
        async () => {
          const found = await context.lab.network.rules();
          const left = wishes(context).filter((wish) => found.some((rule) => isSame(rule, wish)));
          return left.length === 0
            ? { done: true, value: true }
            : { done: false, state: `still in force ${left.map(directionOf).join(' and ')}` };
        },
        { timeoutMs: 10_000, everyMs: 100, signal: context.signal },
      );
    },
  };
}

function isSame(rule: ActiveRule, wish: RuleWish): boolean {
  return (
    rule.network === wish.network &&
    rule.from === wish.from &&
    rule.to === wish.to &&
    JSON.stringify(Object.entries(rule.effect).sort()) === JSON.stringify(Object.entries(wish.effect).sort())
  );
}

function directionOf({ from = 'any node', to = 'any node' }: RuleWish): string {
  return `from ${from} to ${to}`;
}
