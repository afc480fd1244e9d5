import { RigError } from '../../lab/errors.ts';
import type { ProbeData } from '../../lab/probe.ts';
import { shellQuote } from '../../lab/quote.ts';
import { flagSetting } from '../../lab/settings.ts';
import type { ReadBackResult, Settings } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { awaitDisk, diskPath, loginCommand, logoutCommand } from '../parts/iscsi-initiator.ts';
import { firstLun } from '../parts/iscsi-target.ts';
import { compareReplicas, parseEncoded, readStandbyWith } from '../parts/replicas.ts';
import { peerOf } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, lunFiles, lunOf, portal, replicated } from './layout.ts';
import { active } from './server-state.ts';

/**
 * Reads the writers' files from every place that must hold them. A file system on a LUN belongs to one client, so the writers
 * unmount and log out first; then each logs in anew, which leaves nothing in any memory, and mounts the other's LUN read-only.
 * After that the file behind the LUN is mounted on the server that serves it and, where it is on the replicated device, from the
 * standby's replica underneath DRBD. Then DRBD compares the replicas block by block, and the clients mount their own again. The
 * writers must have stopped. `replicas` is null when they could not be compared.
 * @throws RigError when a node that should hold the files cannot be read
 */
export async function readBack(
  lab: Reachable,
  probes: readonly ProbeData[],
  settings: Settings,
  signal: AbortSignal,
): Promise<ReadBackResult> {
  const ha = flagSetting(settings, 'iscsi.ha');
  const at = portal(ha);
  const clients = clientsOf(lab.topology).map(({ name }) => name);
  const lunFor = (probe: ProbeData): number => lunOf(clients, probe.client);
  const onAll = async (command: string): Promise<void> => {
    await Promise.all(clients.map((name) => lab.machine(name).exec(command, { timeoutMs: 120_000, signal })));
  };
  await onAll(`sync; umount ${layout.clientMountPoint}; ${logoutCommand(at)}`);
  try {
    await onAll(loginCommand(at));
    const byClients = await Promise.all(
      clients.map(async (reader) => {
        const others = probes.filter((probe) => probe.client !== reader || probes.length === 1);
        const commands = others.map((probe) => {
          const disk = diskPath(at, firstLun + lunFor(probe));
          return `${awaitDisk(disk)}; ${readFrom(disk, probe)}`;
        });
        return parseEncoded(await printed(lab, reader, commands, signal), `client ${reader}`, others);
      }),
    );
    const servers = await fromServers(lab, probes, { ha, lunFor }, signal);
    return { ...servers, texts: [...byClients.flat(), ...servers.texts] };
  } finally {
    await Promise.all(
      clients.map((name) =>
        lab
          .machine(name)
          .exec(
            `${awaitDisk(diskPath(at, firstLun + lunOf(clients, name)))}; mountpoint -q ${layout.clientMountPoint} || mount ${layout.clientMountPoint}`,
            { timeoutMs: 120_000, allowFailure: true },
          )
          .catch(() => undefined),
      ),
    );
  }
}

async function fromServers(
  lab: Reachable,
  probes: readonly ProbeData[],
  { ha, lunFor }: { ha: boolean; lunFor: (probe: ProbeData) => number },
  signal: AbortSignal,
): Promise<ReadBackResult> {
  const [server, ...more] = await active(lab);
  if (server === undefined || more.length > 0) return { texts: [], replicas: null };
  const files = lunFiles(ha);
  const fileOf = (probe: ProbeData): string => files[lunFor(probe)] ?? '';
  const holder = ha ? server : layout.preferred;
  const reader = ha ? `replica ${holder}` : `server ${holder}`;
  const onHolder = parseEncoded(
    await printed(
      lab,
      holder,
      ['sync; echo 3 > /proc/sys/vm/drop_caches', ...probes.map((probe) => readFrom(fileOf(probe), probe))],
      signal,
    ),
    reader,
    probes,
  );
  const replicas = await compareReplicas(lab, server, replicated, signal);
  if (!ha) return { texts: onHolder, replicas };
  const standby = peerOf(lab, server);
  const commands = probes.map((probe) =>
    readFrom(`.${fileOf(probe).slice(layout.mountPoint.length)}`, probe),
  );
  const script = [ofCopy, ...commands].join('\n');
  const onStandby = await readStandbyWith(lab, { server, standby }, replicated, probes, script, signal);
  return { texts: [...onHolder, ...onStandby], replicas };
}

async function printed(
  lab: Reachable,
  node: string,
  commands: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { stdout } = await lab
    .machine(node)
    .exec(['set -e', ofOriginal, ...commands].join('\n'), { timeoutMs: 180_000, signal });
  return stdout;
}

/**
 * `records <disk or file> <name>` mounts, prints the file as one line of base64, or `-` where there is none, and leaves nothing
 * mounted.
 * @param loopOptions of losetup(8)
 * @param mountOptions type and options of mount(8)
 */
function records(loopOptions: string, mountOptions: string): string {
  return `records() (
  set -e
  folder=$(mktemp -d)
  disk=$1
  loop=
  [ -b "$disk" ] || { loop=$(losetup -f --show ${loopOptions} "$disk"); disk=$loop; }
  trap 'cd /; umount "$folder" 2>/dev/null || :; [ -z "$loop" ] || losetup -d "$loop"; rmdir "$folder"' EXIT
  mount ${mountOptions} "$disk" "$folder"
  if [ -r "$folder/$2" ]; then base64 -w0 "$folder/$2"; echo; else echo -; fi
)`;
}

/** What clients may mount again is left alone, journal included: they have unmounted it. */
const ofOriginal = records('-r', '-t ext4 -o ro,noload');
/** In a copy a journal is replayed: the client may have had the disk mounted when the server died. */
const ofCopy = records('', '-t ext4');

function readFrom(place: string, probe: ProbeData): string {
  const name = probe.path.slice(layout.clientMountPoint.length + 1);
  if (name === '' || !probe.path.startsWith(`${layout.clientMountPoint}/`))
    throw new RigError(`${probe.path} is not below ${layout.clientMountPoint}`);
  return `records ${shellQuote(place)} ${shellQuote(name)}`;
}
