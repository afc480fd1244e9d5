import { UsageError } from '../errors.ts';
import type { LabSpec } from '../run/spec.ts';
import type { Scenario } from '../scenario.ts';
import { resolveSettings } from '../settings.ts';
import { stacks } from './registry.ts';

/** @throws UsageError where the scenario makes no sense on the cluster; the hint names those on which it does */
export function ensureSuited(
  scenario: Scenario,
  { stack, edition, settings }: Pick<LabSpec, 'stack' | 'edition' | 'settings'>,
): void {
  const reason = scenario.unsuited?.({ stack, edition, settings });
  if (reason === undefined) return;
  const suited = stacks.filter(
    (each) =>
      scenario.unsuited?.({
        stack: each,
        edition: 'current',
        settings: resolveSettings(each, 'current', {}),
      }) === undefined,
  );
  throw new UsageError(
    `${scenario.name} makes no sense on ${stack.name}: ${reason}`,
    suited.length === 0
      ? 'no stack of this release suits it'
      : `--stack ${suited.map((each) => each.name).join(' or --stack ')}`,
  );
}
