import type { Health } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { tried } from './conditions.ts';
import { nfsPatience } from './nfs-options.ts';
import type { Reachable } from './servers.ts';

/** Each client's kernel has the version and the patience that the settings ask for, and from which budgets are made. */
export async function clientsMounted(
  lab: Reachable,
  wanted: { mountPoint: string; version: string; options: string },
  signal: AbortSignal | undefined,
): Promise<Health> {
  const text = describeMount(wanted.version, wanted.options);
  return await Promise.all(
    clientsOf(lab.topology).map((node) =>
      tried(`${node.name} has mounted ${text}`, async () => {
        const { stdout } = await lab
          .machine(node.name)
          .exec('cat /proc/mounts', { timeoutMs: 20_000, signal });
        const found = mountedOptions(stdout, wanted.mountPoint);
        if (found === undefined) return [`nothing of NFS at ${wanted.mountPoint}`];
        const version = /(?:^|,)vers=([\d.]+)/.exec(found)?.[1] ?? 'of no version';
        const here = describeMount(version, found);
        return here === text ? [] : [here];
      }),
    ),
  );
}

/** Options of the NFS mount there, as /proc/mounts has them: the kernel's, defaults included. */
export function mountedOptions(mounts: string, mountPoint: string): string | undefined {
  const fields = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, directory, type]) => directory === mountPoint && /^nfs4?$/.test(type ?? ''));
  return fields?.[3];
}

function describeMount(version: string, options: string): string {
  const { timeoSeconds, retrans, soft } = nfsPatience(options);
  return `NFS ${version}, ${soft ? 'soft' : 'hard'}, timeo=${String(timeoSeconds * 10)}, retrans=${String(retrans)}`;
}
