/** Shell command that prints `name version` lines of the kernel, DRBD's module and these packages. */
export function versionsOf(packages: readonly string[]): string {
  return (
    'echo "kernel $(uname -r)"; sed -n "s/^version: \\([^ ]*\\).*/drbd-module \\1/p" /proc/drbd 2>/dev/null; ' +
    `dpkg-query -W -f '\${Package} \${Version}\\n' ${packages.join(' ')} 2>/dev/null || :`
  );
}
