import { HostError } from './errors.ts';
import type { Provider } from './provider.ts';
import type { Settings, Stack } from './stack.ts';

/** @throws HostError when the provider cannot do what these settings of the stack need */
export function ensureAble(
  { name, capabilities }: Pick<Provider, 'name' | 'capabilities'>,
  stack: Pick<Stack, 'name' | 'needs'>,
  settings: Settings,
): void {
  const lacking = (stack.needs?.(settings) ?? []).find(({ capability }) => !capabilities.has(capability));
  if (lacking !== undefined)
    throw new HostError(
      `${name} cannot ${lacking.capability}, and ${lacking.setting} of ${stack.name} needs it`,
      `lab list providers shows which one can; lab list settings --stack ${stack.name} what else the setting may be`,
    );
}
