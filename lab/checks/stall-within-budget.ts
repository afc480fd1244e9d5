import type { Check, Judgement } from '../check.ts';
import { worstFirst } from '../check.ts';
import type { RunRecord, Window } from '../record.ts';

/** Every client waited, in every window, no longer than the stack's settings allow. */
export const stallWithinBudget: Check = {
  name: 'stall-within-budget',
  judge(record: RunRecord): Judgement {
    if (record.windows.length === 0) return { verdict: 'unknown', message: 'no window was measured' };
    const clients = record.clients.map((client) => client.name);
    return worstFirst(record.windows.flatMap((window) => judgeWindow(window, clients)));
  },
};

function judgeWindow(window: Window, clients: readonly string[]): Judgement[] {
  const { name, stalls, budget, without } = window;
  const allowed = `the budget of ${seconds(budget.seconds)} (${termsOf(budget.terms)})`;
  const silent = clients.filter(
    (client) => client !== without && !stalls.some((stall) => stall.client === client),
  );
  const unmeasured = silent.map((client): Judgement => {
    return { verdict: 'unknown', message: `${client} has no stall in ${name}: it acknowledged nothing` };
  });
  if (stalls.length === 0 && silent.length === 0)
    return [{ verdict: 'unknown', message: `no client has a stall in ${name}` }];

  const bad = stalls.flatMap((stall): Judgement[] => {
    const over = stall.seconds - budget.seconds;
    const excess = over > 0 ? `${seconds(over)} over` : 'within';
    if (stall.open)
      return [
        {
          verdict: 'fail',
          message: `${stall.client} had not written again when ${name} ended, ${seconds(stall.seconds)} on, ${excess} ${allowed}`,
        },
      ];
    if (over <= 0) return [];
    return [
      {
        verdict: 'fail',
        message: `${stall.client} waited ${seconds(stall.seconds)} in ${name}, ${excess} ${allowed}`,
      },
    ];
  });
  if (bad.length > 0 || unmeasured.length > 0) return [...bad, ...unmeasured];
  const longest = stalls.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  return [
    {
      verdict: 'pass',
      message: `${longest.client} waited longest in ${name}: ${seconds(longest.seconds)}, within ${allowed}`,
    },
  ];
}

function termsOf(terms: Window['budget']['terms']): string {
  return terms.map((term) => `${term.name} ${String(term.seconds)}`).join(' + ');
}

function seconds(value: number): string {
  return `${value.toFixed(Math.abs(value) < 0.1 ? 3 : 1)} s`;
}
