/** A node's only acceptable host key, as in a .pub file: `ssh-ed25519 AAAA...`; or who learns the key of a new machine. */
export type HostKey = string | { learn: (hostKey: string) => void };

/** @param shown the key's blob, which begins with the name of its type (RFC 4253, 6.6) */
export function acceptsHostKey(hostKey: HostKey, shown: Buffer): boolean {
  const blob = shown.toString('base64');
  if (typeof hostKey === 'string') return (hostKey.split(/\s+/)[1] ?? '') === blob;
  hostKey.learn(`${shown.toString('latin1', 4, 4 + shown.readUInt32BE(0))} ${blob}`);
  return true;
}
