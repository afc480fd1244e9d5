import type { Edition } from '../plan.ts';
import type { Lab, Provider } from '../provider.ts';
import type { Health, Settings, Stack } from '../stack.ts';

/** Which lab a command means, and what it is made of. */
export interface LabSpec {
  /** The folder that holds the state folders of labs: `.lab`. */
  home: string;
  name: string;
  stack: Stack;
  edition: Edition;
  settings: Settings;
  provider: Provider;
}

export interface UpOutcome {
  lab: Lab;
  how: 'attached' | 'restored' | 'provisioned';
  seconds: number;
  health: Health;
}
