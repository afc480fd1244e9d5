import { capabilities, type Capability, type ProviderName } from '../provider.ts';

/** How it is known that a means works. */
export type Proof =
  /** Between the machines of a lab, with Linux guests. */
  | 'run for real'
  /** Commands run against the real program, whose guests are no Linux. */
  | 'commands'
  /** The real programs act on real frames, between test programs or network namespaces instead of machines. */
  | 'no machines'
  | 'not run';

/** What is used at a provider. */
export interface Means {
  /** Exact command or program; `DOMAIN`, `VM`, `MAC` and the like stand for what lab fills in. */
  how: string;
  /** What becomes of it when the power of a machine that it concerns is cut and given again. */
  afterPowerCycle: string;
  proof: Proof;
}

/** A provider without means for it, and what there is instead. */
export interface NoMeans {
  instead: string;
}

/** Something that can be done to a lab. */
export interface Deed {
  what: string;
  /** The capability that a scenario names for it; null for what no scenario has to ask for. */
  capability: Capability | null;
  by: Readonly<Record<ProviderName, Means | NoMeans>>;
}

export const proofs: Readonly<Record<Proof, string>> = {
  'run for real': 'run between machines with Debian 12 here',
  commands:
    'every command run against the real VBoxManage, and a lab as a whole on machines that the real Vagrant made; the guests were boot sectors, not a Linux',
  'no machines':
    'the real programs on real frames, between test programs (fabric) or network namespaces (nft, tc, tcpdump), not between machines',
  'not run': 'only rendered, or tested with stand-ins for the programs',
};

/** The capabilities that a provider has means for; a test holds this against what the provider itself says. */
export function capabilitiesOf(provider: ProviderName, deeds: readonly Deed[]): Capability[] {
  return capabilities.filter((capability) => {
    const belonging = deeds.filter((deed) => deed.capability === capability);
    return belonging.length > 0 && belonging.every((deed) => hasMeans(deed, provider));
  });
}

export function hasMeans({ by }: Deed, provider: ProviderName): boolean {
  return 'how' in by[provider];
}
