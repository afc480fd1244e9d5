import type { LabNetwork } from '../../network.ts';
import type { Guests } from './guest-network/guests.ts';
import { guestRules } from './guest-network/rules.ts';
import { guestWitness } from './guest-network/witness.ts';

/**
 * The network of a lab without a fabric: the receiving guests keep the rules, captures on the clients are the witness. What
 * that can do and see is stated at guestRules and guestWitness.
 */
export function guestNetwork(guests: Guests): LabNetwork & {
  /** Ends what listens; rules go on until their time is over. */
  close(): void;
} {
  return { witness: 'guests', ...guestRules(guests), ...guestWitness(guests) };
}
