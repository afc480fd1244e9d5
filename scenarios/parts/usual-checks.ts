import type { Check } from '../../lab/check.ts';
import { faultsProven } from '../../lab/checks/faults-proven.ts';
import { measurementSound } from '../../lab/checks/measurement-sound.ts';
import { neverTwoActive } from '../../lab/checks/never-two-active.ts';
import { noAcknowledgedWriteLost } from '../../lab/checks/no-acknowledged-write-lost.ts';
import { redundancyRestored } from '../../lab/checks/redundancy-restored.ts';
import { replicasIdentical } from '../../lab/checks/replicas-identical.ts';
import { serviceOnExpectedNode } from '../../lab/checks/service-on-expected-node.ts';
import { stallWithinBudget } from '../../lab/checks/stall-within-budget.ts';

/** What every cluster owes its clients, where no fault is part of the question. */
export const withoutFault: readonly Check[] = [
  measurementSound,
  stallWithinBudget,
  noAcknowledgedWriteLost,
  neverTwoActive,
  serviceOnExpectedNode,
  replicasIdentical,
  redundancyRestored,
];

/** The same where something was broken: it must have been. */
export const usualChecks: readonly Check[] = [faultsProven, ...withoutFault];
