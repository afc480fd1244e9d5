import { heartbeatSarge } from '../../provisioners/heartbeat-sarge.ts';
import { hardHalt } from '../../scenarios/hard-halt.ts';
import { HostError, UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Provider, ProviderName } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import type { Stack } from '../stack.ts';

/** What this release consists of. Nothing else in the project knows all of it. */
export const stacks: readonly Stack[] = [heartbeatSarge];
export const scenarios: readonly Scenario[] = [hardHalt];

export interface ProviderEntry {
  name: ProviderName;
  title: string;
  /** Absent for one that is designed but not in this release. */
  open?: (options: { home: string }) => Promise<Provider>;
}

/** Loaded only when used: a provider draws in SSH and process libraries that `lab plan` never needs. */
export const providers: readonly ProviderEntry[] = [
  {
    name: 'qemu',
    title: 'embedded: QEMU without root and without Vagrant',
    open: async (options) => (await import('../providers/qemu.ts')).qemuProvider(options),
  },
  { name: 'virtualbox', title: 'VirtualBox through Vagrant' },
  { name: 'libvirt', title: 'libvirt through Vagrant' },
];

/** @throws UsageError with the nearest names */
export function stackNamed(name: string): Stack {
  return named('stack', name, stacks);
}

/** @throws UsageError with the nearest names */
export function scenarioNamed(name: string): Scenario {
  return named('scenario', name, scenarios);
}

/** @throws UsageError with the nearest names; HostError for one that this release does not have */
export function openProvider(name: string, options: { home: string }): Promise<Provider> {
  const entry = named('provider', name, providers);
  if (entry.open === undefined)
    throw new HostError(
      `the provider ${name} is not in this release of lab; it has ${availableProviders().join(', ')}`,
      `leave --provider, LAB_PROVIDER and the provider of lab.yaml away to use ${availableProviders()[0] ?? ''}`,
    );
  return entry.open(options);
}

function availableProviders(): string[] {
  return providers.filter((provider) => provider.open !== undefined).map((provider) => provider.name);
}

function named<T extends { name: string }>(kind: string, name: string, all: readonly T[]): T {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `unknown ${kind} ${JSON.stringify(name)}`,
    didYouMean(
      name,
      all.map((each) => each.name),
    ),
  );
}
