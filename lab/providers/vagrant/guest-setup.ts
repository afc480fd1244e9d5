import { shellQuote } from '../../quote.ts';

/**
 * What a guest of a box is given before it is provisioned, by the user that Vagrant logs in as: root may log in with the
 * key of the lab, and nothing else changes that a stack could notice.
 * @param emulated on software emulation the guest's address space randomisation goes: QEMU translates code by virtual
 * address, and with it every exec is translated anew (see lab/providers/qemu/arguments.ts)
 */
export function guestSetupCommand(publicKey: string, { emulated }: { emulated: boolean }): string {
  const script = [
    'set -e',
    'umask 077',
    'mkdir -p /root/.ssh',
    `grep -qxF ${shellQuote(publicKey)} /root/.ssh/authorized_keys 2>/dev/null || printf '%s\\n' ${shellQuote(publicKey)} >> /root/.ssh/authorized_keys`,
    ...(emulated
      ? [
          'mkdir -p /etc/sysctl.d',
          'echo kernel.randomize_va_space=0 > /etc/sysctl.d/90-lab-emulated.conf',
          'chmod 644 /etc/sysctl.d/90-lab-emulated.conf',
          'echo 0 > /proc/sys/kernel/randomize_va_space',
        ]
      : []),
  ].join('\n');
  return `if [ "$(id -u)" = 0 ]; then sh -c ${shellQuote(script)}; else sudo -n sh -c ${shellQuote(script)}; fi`;
}

/** Prints `<nic> <mac>` for each of these NICs that the guest has. */
export function macsCommand(nics: readonly string[]): string {
  return nics
    .map((nic) => {
      const file = shellQuote(`/sys/class/net/${nic}/address`);
      return `[ ! -r ${file} ] || echo ${shellQuote(nic)} "$(cat ${file})"`;
    })
    .join('\n');
}

export function parseMacs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(eth\d) ([0-9a-f]{2}(?::[0-9a-f]{2}){5})$/gm)].map((found) => [
      found[1] ?? '',
      found[2] ?? '',
    ]),
  );
}
