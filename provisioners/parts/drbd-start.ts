import type { PlanStep } from '../../lab/plan.ts';
import { run, wait } from './steps.ts';

const noInitialSync =
  'Both are Inconsistent, for nobody has said yet that their contents are of any worth. They are equal: fresh files, all zeroes. The article’s "primary --do-what-I-say" would copy every block of them, which takes as long as the disk is large; this takes an instant. It is right only for devices known to be equal.';

/**
 * Brings up a resource whose lower devices are fresh and equal, without an initial sync. Afterwards both replicas are UpToDate
 * and both servers Secondary.
 * @param why of the article's own way, which copies every block
 */
export function equalReplicas(
  servers: readonly string[],
  { resource, minor }: { resource: string; minor: number },
  why: string,
): PlanStep[] {
  const [first = ''] = servers;
  const connected = `grep -q '^ *${String(minor)}: cs:Connected ' /proc/drbd`;
  return [
    run(servers, 'Write the meta-data and bring the resource up', [
      'modprobe drbd',
      `drbdadm create-md --force ${resource}`,
      `drbdadm up ${resource}`,
    ]),
    wait(servers, 'the servers to be Connected', `cat /proc/drbd; ${connected}`),
    run([first], 'Declare both replicas equal', [`drbdadm new-current-uuid --clear-bitmap ${resource}/0`], {
      why,
    }),
    wait(
      servers,
      'both replicas to be UpToDate',
      "cat /proc/drbd; grep -q ' ds:UpToDate/UpToDate ' /proc/drbd",
    ),
  ];
}

/** The same; afterwards the first server is Primary and its device has a file system, ext4. */
export function firstStart(
  servers: readonly string[],
  names: { resource: string; device: string; minor: number },
): PlanStep[] {
  const [first = ''] = servers;
  return [
    ...equalReplicas(servers, names, noInitialSync),
    run(
      [first],
      'Make the file system',
      [
        `drbdadm primary ${names.resource}`,
        `mkfs.ext4 -q -F -b 4096 -N 8192 -J size=8 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 ${names.device}`,
      ],
      {
        why: 'On the replicated device, so that the standby gets it too. Nothing is left for a background task, whose writes would show in measurements.',
        timeoutMs: 300_000,
      },
    ),
  ];
}
