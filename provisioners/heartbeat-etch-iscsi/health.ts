import { randomUUID } from 'node:crypto';
import { messageOf } from '../../lab/errors.ts';
import { flagSetting, textSetting } from '../../lab/settings.ts';
import type { Health, Settings } from '../../lab/stack.ts';
import { clientsOf, serversOf } from '../../lab/topology.ts';
import { bondFaults, parseBond } from '../parts/bonding.ts';
import { clientsReadEachOther } from '../parts/clients.ts';
import { tried } from '../parts/conditions.ts';
import { parseTarget, showTarget, targetFaults } from '../parts/iscsi-target.ts';
import { mysqlFaults, mysqlQuery, parseMysql } from '../parts/mysql.ts';
import { parseSections, printFiles, printOutput } from '../parts/sections.ts';
import { serverHealth } from '../parts/server-health.ts';
import { bothRedundant } from '../parts/servers.ts';
import type { Reachable } from '../parts/servers.ts';
import { layout, portal } from './layout.ts';
import { look, viewOf } from './server-state.ts';
import { mysqlOptions, targetOf } from './settings.ts';

interface Look {
  thorough: boolean;
  signal?: AbortSignal;
}

/** Every condition of a healthy lab. */
export async function health(
  lab: Reachable,
  settings: Settings,
  { thorough, signal }: Look,
): Promise<Health> {
  const servers = await serverHealth(lab, async (server) => viewOf(await look(lab, server, signal)), {
    preferred: layout.preferred,
    failsBack: flagSetting(settings, 'autoFailback'),
  });
  const further = await Promise.all([
    furtherServerHealth(lab, settings, signal),
    Promise.all(clientsOf(lab.topology).map(({ name }) => initiatorHealth(lab, name, settings, signal))),
  ]);
  const all = [...servers, ...further[0], ...further[1].flat()];
  if (!thorough) return all;
  return [
    ...all,
    ...(await clientsReadEachOther(lab, `${layout.nfsMountPoint}/${layout.recordsFolder}`, signal)),
    ...(await clientsWriteTheirDisks(lab, signal)),
  ];
}

/** Both replicas connected and up to date, as both servers see it. */
export async function redundant(lab: Reachable): Promise<{ ok: boolean; found: string }> {
  return await bothRedundant(lab, async (name) => (await look(lab, name)).drbd);
}

/** Bond and MySQL of each server, and the target, which one of them serves. */
async function furtherServerHealth(
  lab: Reachable,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<Health> {
  const ha = flagSetting(settings, 'iscsi.ha');
  const command = [
    printFiles({ bond: `/proc/net/bonding/${layout.nic}` }),
    printOutput('target', showTarget),
    printOutput('mysql', mysqlQuery),
  ].join('; ');
  const targets: { name: string; faults: string[] }[] = [];
  const wanted = targetOf(settings);
  const mysql = mysqlOptions(settings);
  const conditions = await Promise.all(
    serversOf(lab.topology).map(async ({ name, bonds = [] }): Promise<Health> => {
      let texts: ReadonlyMap<string, string>;
      try {
        const { stdout } = await lab.machine(name).exec(command, { timeoutMs: 30_000, signal });
        texts = parseSections(stdout);
      } catch (error) {
        return [{ what: `${name} tells of its bond, target and MySQL`, ok: false, found: messageOf(error) }];
      }
      const text = (section: string): string => texts.get(section) ?? '';
      targets.push({ name, faults: targetFaults(parseTarget(text('target')), wanted) });
      return [
        ...bonds.map((bond) =>
          judged(
            `${name}: ${bond.name} is up with ${bond.slaves.join(', ')}`,
            bondFaults(parseBond(text('bond')), bond, textSetting(settings, 'bond.mode')),
          ),
        ),
        judged(
          `${name}: MySQL runs with ${mysql.isolation}, reachable at ${mysql.bindAddress} only`,
          mysqlFaults(parseMysql(text('mysql')), mysql),
        ),
      ];
    }),
  );
  const serving = targets.filter(({ faults }) => faults.length === 0).map(({ name }) => name);
  const [server] = serving;
  return [
    ...conditions.flat(),
    {
      what: `one server serves ${layout.lunNames.join(', ')}`,
      ok: serving.length === 1 && (ha || server === layout.preferred),
      found: serving.length > 0 ? serving.join(' and ') : inWords(targets),
    },
  ];
}

function inWords(targets: readonly { name: string; faults: readonly string[] }[]): string {
  if (targets.length === 0) return 'no server tells';
  return targets.map(({ name, faults }) => `${name}: ${faults.join(', ')}`).join('; ');
}

function judged(what: string, faults: readonly string[]): Health[number] {
  return { what, ok: faults.length === 0, found: faults.length === 0 ? 'yes' : faults.join(', ') };
}

/** The kernel's own view of the session, and the file system on the disk. */
async function initiatorHealth(
  lab: Reachable,
  client: string,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<Health> {
  const { iqn, address } = portal(flagSetting(settings, 'iscsi.ha'));
  const session = '/sys/class/iscsi_session/session*';
  const command = [
    printOutput('names', `cat ${session}/targetname`),
    printOutput('states', `cat ${session}/state`),
    printOutput('addresses', 'cat /sys/class/iscsi_connection/connection*/persistent_address'),
    printFiles({ mounts: '/proc/mounts' }),
  ].join('; ');
  const what = {
    session: `${client} is logged in at ${address}`,
    mount: `${client}: the file system on its LUN is mounted`,
  };
  try {
    const { stdout } = await lab.machine(client).exec(command, { timeoutMs: 30_000, signal });
    const texts = parseSections(stdout);
    const words = (section: string): string => (texts.get(section) ?? '').trim().replaceAll('\n', ', ');
    const found = `${words('names')} at ${words('addresses')}: ${words('states')}`;
    const mounted = (texts.get('mounts') ?? '')
      .split('\n')
      .find((line) => line.includes(` ${layout.clientMountPoint} ext4 `));
    return [
      { what: what.session, ok: found === `${iqn} at ${address}: LOGGED_IN`, found },
      {
        what: what.mount,
        ok: / ext4 rw\b/.test(mounted ?? ''),
        found: mounted === undefined ? `nothing at ${layout.clientMountPoint}` : mounted,
      },
    ];
  } catch (error) {
    return [what.session, what.mount].map((each) => ({ what: each, ok: false, found: messageOf(error) }));
  }
}

/** Each client writes to its disk, and reads from it what it wrote, not from its own memory. */
async function clientsWriteTheirDisks(lab: Reachable, signal: AbortSignal | undefined): Promise<Health> {
  const token = randomUUID();
  const path = `${layout.clientMountPoint}/.health`;
  return await Promise.all(
    clientsOf(lab.topology).map(({ name }) =>
      tried(`${name} writes to its LUN and reads it back`, async () => {
        const { stdout } = await lab
          .machine(name)
          .exec(
            `echo ${token} > ${path} && sync ${path} && echo 3 > /proc/sys/vm/drop_caches && cat ${path}`,
            { timeoutMs: 90_000, signal },
          );
        return stdout.trim() === token ? [] : ['something else came back'];
      }),
    ),
  );
}
