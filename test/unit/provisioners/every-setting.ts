import { expect } from 'chai';
import { RigError, UsageError } from '../../../lab/errors.ts';
import type { Edition } from '../../../lab/plan.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Setting, Settings, Stack } from '../../../lab/stack.ts';
import { Topology } from '../../../lab/topology.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { planOf } from '../plans/plan-of.ts';
import { explainsTakeovers } from './explains-takeovers.ts';

/** The values of a setting that has a few words for them, as its own rule tells them; none of one with numbers or texts. */
export function wordsOf({ schema }: Pick<Setting, 'schema'>): string[] {
  const refused = schema.safeParse('\0');
  const rule = refused.success ? '' : (refused.error.issues[0]?.message ?? '');
  return rule === 'on or off' ? ['on', 'off'] : (/^one of (.+)$/.exec(rule)?.[1]?.split(', ') ?? []);
}

/**
 * The word alone, or where another setting contradicts it, with a word of that one: overrides that are accepted, and what of
 * them is not the word.
 */
function accepted(
  stack: Stack,
  edition: Edition,
  { name }: Setting,
  word: string,
): { overrides: Record<string, string>; beside: Record<string, string> } {
  const others = stack.settings.flatMap((other) =>
    other.name === name ? [] : wordsOf(other).map((each) => ({ [other.name]: each })),
  );
  for (const beside of [{}, ...others])
    try {
      const overrides = { ...beside, [name]: word };
      resolveSettings(stack, edition, overrides);
      return { overrides, beside };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  throw new Error(`${stack.name} never accepts ${name}=${word}`);
}

/**
 * What is wrong with a value of a setting in an edition: undefined where it changes the plan, or is the default and does not.
 * A period edition may leave a setting out where the setting's description says what it does instead.
 */
export function effectless(
  stack: Stack,
  edition: Edition,
  setting: Setting,
  word: string,
): string | undefined {
  const told = (overrides: Record<string, string>): string =>
    JSON.stringify(planOf(edition, overrides, stack).sections);
  const { overrides, beside } = accepted(stack, edition, setting, word);
  const same = told(overrides) === told(beside);
  const isDefault = setting.schema.parse(word) === setting.defaults[edition];
  const leftOut = edition === 'period' && /\bperiod edition\b/.test(setting.description);
  if (isDefault) return same ? undefined : 'is the default, and said aloud it changes the plan';
  return same && !leftOut ? 'changes nothing in the plan' : undefined;
}

/** Every word of every setting gives a plan, and what goes with it. */
export function acceptsEverySetting(stack: Stack): void {
  for (const edition of stack.editions)
    for (const setting of stack.settings)
      for (const word of wordsOf(setting)) {
        const given = `${setting.name}=${word}`;
        it(`has a plan of its own with ${given} (${edition})`, () => {
          expect(effectless(stack, edition, setting, word)).to.equal(undefined);
          const { overrides } = accepted(stack, edition, setting, word);
          const values = resolveSettings(stack, edition, overrides);
          const nodes = Topology.parse(stack.topology(edition, values)).nodes.map(({ name }) => name);
          const steps = planOf(edition, overrides, stack).sections.flatMap((each) => each.steps);
          for (const step of steps) expect(nodes).to.include.members([...step.nodes]);
          expect(stack.workload(values).intervalMs).to.be.above(0);
          explainsTakeovers(stack, values);
        });

        if (edition === 'current')
          it(`knows what is healthy with ${given}, and takes nothing for granted`, async () => {
            const { overrides } = accepted(stack, edition, setting, word);
            await findsNothingWell(stack, resolveSettings(stack, edition, overrides));
          });
      }
}

async function findsNothingWell(stack: Stack, values: Settings): Promise<void> {
  const { lab } = fakeLab(() => Promise.reject(new RigError('no connection')));
  const conditions = await stack.health(lab, values, { thorough: true });
  expect(conditions).to.have.length.above(4);
  for (const { what, ok, found } of conditions) {
    expect(ok, what).to.equal(false);
    expect(what).to.have.length.above(5);
    expect(found, what).to.have.length.above(5);
  }
}
