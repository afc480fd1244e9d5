import type { HostKey } from './host-key.ts';

export interface SshEndpoint {
  host: string;
  port: number;
  user: string;
  /** OpenSSH private key. */
  privateKey: string;
  /** The node's only acceptable host key, as in a .pub file: `ssh-ed25519 AAAA...`; or who learns the key of a new machine. */
  hostKey: HostKey;
  algorithms?: { kex?: readonly string[]; serverHostKey?: readonly string[]; cipher?: readonly string[] };
}
