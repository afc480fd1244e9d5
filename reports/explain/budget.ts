import type { Window } from '../../lab/record.ts';
import { percent, roundSeconds, shortSeconds } from '../figures.ts';
import { sum } from '../verdict.ts';
import { listed } from './words.ts';

/** What the settings allowed: for the whole stall, and for the phases that terms of the budget are meant for. */
export function budgetSentences(window: Window): string[] {
  const { stallSeconds, budget } = window;
  if (stallSeconds === null) return [];
  const rest = budget.seconds - stallSeconds;
  const whole =
    rest >= 0
      ? `The budget allowed ${roundSeconds(budget.seconds)}; ${shortSeconds(rest)} of it were left (${percent(stallSeconds / budget.seconds)} used).`
      : `The budget allowed ${roundSeconds(budget.seconds)}; the stall was ${shortSeconds(-rest)} longer.`;
  return [whole, ...groupsOf(window).map((group) => groupSentence(group, window))];
}

interface Group {
  phases: string[];
  terms: Window['budget']['terms'];
}

/** Phases that share a term cannot be told apart by the budget: they are held against all terms that any of them has. */
function groupsOf(window: Window): Group[] {
  let groups: Group[] = [];
  for (const term of window.budget.terms) {
    const own = term.phases ?? [];
    if (own.length === 0) continue;
    const shared = groups.filter((group) => group.phases.some((phase) => own.includes(phase)));
    const merged: Group = {
      phases: [...new Set([...shared.flatMap((group) => group.phases), ...own])],
      terms: [...shared.flatMap((group) => group.terms), term],
    };
    groups = [...groups.filter((group) => !shared.includes(group)), merged];
  }
  const order = window.phases.map((phase) => phase.name);
  return groups
    .map((group) => ({ ...group, phases: order.filter((name) => group.phases.includes(name)) }))
    .filter((group) => group.phases.length > 0)
    .sort((a, b) => order.indexOf(a.phases[0] ?? '') - order.indexOf(b.phases[0] ?? ''));
}

function groupSentence({ phases, terms }: Group, window: Window): string {
  const own = window.phases.filter((phase) => phases.includes(phase.name));
  const took = sum(own.map((phase) => phase.seconds ?? 0));
  const allowed = sum(terms.map((term) => term.seconds));
  const astray = own
    .filter((phase) => phase.seconds === null)
    .flatMap((phase) => {
      const holder = window.phases.find((each) => each.includes.includes(phase.name));
      return holder === undefined || phases.includes(holder.name)
        ? []
        : [`${phase.name} is counted with ${holder.name}`];
    });
  const aside = astray.length === 0 ? '' : ` (${astray.join(', ')})`;
  const reasons = terms
    .filter((term) => term.seconds > 0)
    .map((term) => `${roundSeconds(term.seconds)} ${term.name}: ${term.from}`);
  const verb = took > allowed ? 'more than' : 'of';
  return `${listed(phases)} took ${shortSeconds(took)}${aside}, ${verb} the ${roundSeconds(allowed)} that the budget has for ${phases.length === 1 ? 'it' : 'them'}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}.`;
}
