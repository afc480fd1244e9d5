import { expect } from 'chai';
import type { Settings, Stack, Takeover } from '../../../lab/stack.ts';

const takeovers: readonly Takeover[] = (['node-lost', 'planned'] as const).flatMap((cause) =>
  [true, false].map((emulated) => ({ cause, from: 'a', to: 'b', emulated })),
);

/** What explanations and predictions need of a stack, with these settings. */
export function explainsTakeovers(stack: Stack, values: Settings): void {
  for (const takeover of takeovers) {
    predictsWithinItsBudget(stack, takeover, values);
    meansItsBudgetForItsPhases(stack, takeover, values);
    advisesWithSources(stack, takeover, values);
  }
}

function predictsWithinItsBudget(stack: Stack, takeover: Takeover, values: Settings): void {
  const { timers, clients, settings } = stack.timing(takeover, values);
  for (const { name, from, leastSeconds, likelySeconds, mostSeconds } of timers) {
    expect(leastSeconds, name).to.be.within(0, likelySeconds);
    expect(likelySeconds, name).to.be.at.most(mostSeconds);
    expect(from, name).to.have.length.above(10);
  }
  const most = timers.reduce((total, timer) => total + timer.mostSeconds, 0);
  expect(most + clients.mostSeconds(most)).to.be.at.most(stack.budget(takeover, values).seconds);
  expect(Object.keys(values)).to.include.members([...settings]);
  if (takeover.cause === 'planned') expect(timers).to.be.empty;
}

/** Each term is meant for phases that this takeover has, and each phase that settings can govern has a term. */
function meansItsBudgetForItsPhases(stack: Stack, takeover: Takeover, values: Settings): void {
  const phases = stack.phases(takeover, values).map((phase) => phase.name);
  const meant = stack.budget(takeover, values).terms.map((term) => {
    expect(term.phases, term.name).not.to.be.empty;
    expect(phases, term.name).to.include.members(term.phases ?? ['none']);
    return term.phases ?? [];
  });
  expect(meant.flat(), 'phases with a term').to.include.members(phases);
}

function advisesWithSources(stack: Stack, takeover: Takeover, values: Settings): void {
  for (const { name, governedBy, shorten = [] } of stack.phases(takeover, values)) {
    if (shorten.length > 0) expect(governedBy, name).not.to.equal(undefined);
    for (const { change, risk, source } of shorten)
      for (const text of [change, risk, source]) expect(text, name).to.have.length.above(10);
  }
}
