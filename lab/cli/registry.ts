import { heartbeatSarge } from '../../provisioners/heartbeat-sarge.ts';
import { heartbeatEtchApache } from '../../provisioners/heartbeat-etch-apache.ts';
import { heartbeatEtchIscsi } from '../../provisioners/heartbeat-etch-iscsi.ts';
import { heartbeatLennyVm } from '../../provisioners/heartbeat-lenny-vm.ts';
import { pacemakerCentos7 } from '../../provisioners/pacemaker-centos7.ts';
import { bothServersDown } from '../../scenarios/both-servers-down.ts';
import { clientReboot } from '../../scenarios/client-reboot.ts';
import { clusterLinkCut } from '../../scenarios/cluster-link-cut.ts';
import { degradedBoot } from '../../scenarios/degraded-boot.ts';
import { diskErrorScenario } from '../../scenarios/disk-error.ts';
import { diskStallScenario } from '../../scenarios/disk-stall.ts';
import { flappingLink } from '../../scenarios/flapping-link.ts';
import { freezeAndThaw } from '../../scenarios/freeze-and-thaw.ts';
import { gracefulStop } from '../../scenarios/graceful-stop.ts';
import { hardHalt } from '../../scenarios/hard-halt.ts';
import { killDaemonScenarios } from '../../scenarios/kill-daemon.ts';
import { linkFlap } from '../../scenarios/link-flap.ts';
import { oneWayCut } from '../../scenarios/one-way-cut.ts';
import { plannedSwitchover } from '../../scenarios/planned-switchover.ts';
import { powerCut } from '../../scenarios/power-cut.ts';
import { rejoin } from '../../scenarios/rejoin.ts';
import { replicationCut } from '../../scenarios/replication-cut.ts';
import { resyncUnderLoad } from '../../scenarios/resync-under-load.ts';
import { serviceCableCut } from '../../scenarios/service-cable-cut.ts';
import { slowReplication } from '../../scenarios/slow-replication.ts';
import { splitBrain } from '../../scenarios/split-brain.ts';
import { standbyLoss } from '../../scenarios/standby-loss.ts';
import type { Box } from '../box.ts';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Platform } from '../platform.ts';
import type { Provider, ProviderName } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import type { Stack } from '../stack.ts';

/** What this release consists of. Nothing else in the project knows all of it. */
export const stacks: readonly Stack[] = [
  heartbeatSarge,
  pacemakerCentos7,
  heartbeatEtchApache,
  heartbeatEtchIscsi,
  heartbeatLennyVm,
];
export const scenarios: readonly Scenario[] = [
  hardHalt,
  powerCut,
  gracefulStop,
  plannedSwitchover,
  standbyLoss,
  rejoin,
  serviceCableCut,
  linkFlap,
  flappingLink,
  replicationCut,
  slowReplication,
  resyncUnderLoad,
  clusterLinkCut,
  splitBrain,
  oneWayCut,
  freezeAndThaw,
  ...killDaemonScenarios,
  diskErrorScenario,
  diskStallScenario,
  bothServersDown,
  degradedBoot,
  clientReboot,
];

export interface ProviderEntry {
  name: ProviderName;
  title: string;
  open: (options: ProviderOptions) => Promise<Provider>;
}

export interface ProviderOptions {
  /** Folder that holds the labs' folders. */
  home: string;
  /** The user's own Vagrant box for a platform, from lab.yaml; the embedded provider has no use for it. */
  boxFor: (platform: Platform) => Box | undefined;
}

/** Loaded only when used: a provider draws in SSH and process libraries that `lab plan` never needs. */
export const providers: readonly ProviderEntry[] = [
  {
    name: 'qemu',
    title: 'embedded: QEMU without root and without Vagrant',
    open: async (options) => (await import('../providers/qemu.ts')).qemuProvider(options),
  },
  {
    name: 'virtualbox',
    title: 'VirtualBox through Vagrant',
    open: async (options) => (await import('../providers/virtualbox.ts')).virtualboxProvider(options),
  },
  {
    name: 'libvirt',
    title: 'libvirt through Vagrant',
    open: async (options) => (await import('../providers/libvirt.ts')).libvirtProvider(options),
  },
];

/** The platforms of all stacks and editions, each once. */
export function platforms(): Platform[] {
  const all = stacks.flatMap((stack) => stack.editions.map((edition) => stack.platform(edition)));
  return all.filter((platform, i) => all.findIndex((each) => each.name === platform.name) === i);
}

/** @throws UsageError with the nearest names */
export function stackNamed(name: string): Stack {
  return named('stack', name, stacks);
}

/** @throws UsageError with the nearest names */
export function scenarioNamed(name: string): Scenario {
  return named('scenario', name, scenarios);
}

/** @throws UsageError with the nearest names */
export function openProvider(name: string, options: ProviderOptions): Promise<Provider> {
  return named('provider', name, providers).open(options);
}

function named<T extends { name: string }>(kind: string, name: string, all: readonly T[]): T {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `unknown ${kind} ${JSON.stringify(name)}`,
    didYouMean(
      name,
      all.map((each) => each.name),
    ),
  );
}
