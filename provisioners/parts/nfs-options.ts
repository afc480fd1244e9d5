/** What the options of an NFS mount say about a server that does not answer (nfs(5)). */
export interface NfsPatience {
  /** How long a request waits for its answer before the client does something about it. */
  timeoSeconds: number;
  /** How often the client does so before it counts the server as gone. */
  retrans: number;
  /** timeo × (retrans + 1): a soft mount then fails the operation, and TCP gives the connection up (TCP_USER_TIMEOUT). */
  givesUpSeconds: number;
  soft: boolean;
}

/** Defaults over TCP (nfs(5)). */
const tcpDefaults = { timeo: 600, retrans: 2 };
/** CONFIG_NFS_DISABLE_UDP_SUPPORT of Linux 5.6 and later; Debian 12 has it. */
const noUdp = 'the kernel of Debian 12 has no NFS over UDP, and the budget of a takeover is that of TCP';
/** What NFSv4 does not have: protocols of its own for mounting and locking. */
const beforeVersion4 = ['mountport', 'mountproto', 'mounthost', 'mountvers', 'lock', 'nolock', 'local_lock'];
const sinceVersion4 = ['clientaddr', 'migration', 'nomigration'];

/** Of options that are given twice the last one counts, as for mount. */
export function nfsPatience(mountOptions: string): NfsPatience {
  const options = words(mountOptions);
  const number = (name: string, otherwise: number): number => {
    const given = options.get(name);
    return given === undefined ? otherwise : Number(given);
  };
  const timeoSeconds = number('timeo', tcpDefaults.timeo) / 10;
  const retrans = number('retrans', tcpDefaults.retrans);
  return {
    timeoSeconds,
    retrans,
    givesUpSeconds: timeoSeconds * (retrans + 1),
    soft: options.has('soft') || options.has('softerr'),
  };
}

/**
 * Rules between the options of a mount, its protocol version (3, 4.1 ...) and what a lab does with it; each message is a
 * sentence of its own.
 */
export function brokenMountOptions(mountOptions: string, version: string): string[] {
  const options = words(mountOptions);
  const names = [...options.keys()];
  const broken = (rule: string): string =>
    `nfs.mountOptions=${mountOptions} and NFS ${version} contradict each other: ${rule}`;
  const foreign = (list: readonly string[]): string[] => names.filter((name) => list.includes(name));
  const udp = options.has('udp') || options.get('proto') === 'udp';
  return [
    ...(version === '3'
      ? foreign(sinceVersion4).map((name) => broken(`${name} is an option of NFSv4`))
      : foreign(beforeVersion4).map((name) => broken(`${name} is an option of NFSv3`))),
    ...(version !== '3' && udp ? [broken('NFSv4 runs over TCP (RFC 7530, 3.1)')] : []),
    ...[...(version === '3' && udp ? [noUdp] : []), ...wrongNumbers(options), ...opposites(options)].map(
      (rule) => `nfs.mountOptions=${mountOptions}: ${rule}`,
    ),
  ];
}

function wrongNumbers(options: ReadonlyMap<string, string>): string[] {
  const atLeast = { timeo: 1, retrans: 0 };
  return Object.entries(atLeast).flatMap(([name, least]) => {
    const given = options.get(name);
    if (given === undefined || (/^\d{1,6}$/.test(given) && Number(given) >= least)) return [];
    return [`${name} is a whole number from ${String(least)}`];
  });
}

function opposites(options: ReadonlyMap<string, string>): string[] {
  const hardness = ['hard', 'soft', 'softerr'].filter((name) => options.has(name));
  return [
    ...(hardness.length > 1 ? [`${hardness.join(' and ')} contradict each other`] : []),
    ...(options.has('ro') ? ['ro contradicts the writers, whose writes are what is measured'] : []),
  ];
}

/** Name -> value; '' for an option without one. */
function words(mountOptions: string): Map<string, string> {
  return new Map(
    mountOptions
      .split(',')
      .filter((word) => word !== '')
      .map((word) => {
        const [name = '', value = ''] = word.split('=');
        return [name, value];
      }),
  );
}
