import { capacityOf, ensureCapacity, neededMemoryMib } from '../host/capacity.ts';
import { imageIsBuilt } from '../host/findings.ts';
import { cacheFolder } from '../host/folders.ts';
import { ensureHostPackages } from '../host/install.ts';
import { missingRequirements, outdatedRequirements, thisHost } from '../host/programs.ts';
import type { HostKind } from '../host/programs.ts';
import { HostError } from '../errors.ts';
import { vagrantCandidates } from './candidates.ts';
import { listLabs } from './known-labs.ts';
import { labsHome } from '../labs.ts';
import type { Progress } from '../progress.ts';
import type { LabSpec } from '../run/spec.ts';
import type { CliContext } from './context.ts';

/**
 * Sees to it that this host can run the lab, before anything is started: programs, memory, disk space. Quick when nothing is
 * missing.
 * @throws HostError with what to do
 */
export async function readyHost(context: CliContext, spec: LabSpec, progress: Progress): Promise<void> {
  if (spec.provider.name !== 'qemu') {
    await readyForVagrant(context, spec);
    return;
  }
  const host = thisHost(context.env);
  const cache = cacheFolder(context.env);
  if (missingRequirements(host).length > 0)
    await ensureHostPackages({ host, env: context.env, folder: cache, progress, signal: context.signal });
  const known = (await listLabs(spec.home)).find((lab) => lab.description.name === spec.name);
  if (known?.state === 'running') return;
  if (known === undefined) await refuseOutdated(host);
  const folders = { cache, labs: labsHome(context.cwd) };
  const nodes = spec.stack.topology(spec.edition).nodes;
  ensureCapacity(
    capacityOf(folders),
    {
      memoryMib: neededMemoryMib(nodes.map((node) => node.memoryMib)),
      imageIsBuilt: imageIsBuilt(cache),
    },
    folders,
  );
}

/** @throws HostError with what Vagrant or its hypervisor lacks, before minutes are spent on a box */
async function readyForVagrant(context: CliContext, spec: LabSpec): Promise<void> {
  const { name: provider } = spec.provider;
  const known = (await listLabs(spec.home)).find((lab) => lab.description.name === spec.name);
  if (known?.state === 'running') return;
  const candidate = (await vagrantCandidates(context.env)).find(({ name }) => name === provider);
  if (candidate?.usable === true) return;
  throw new HostError(
    `${provider} cannot run labs here: ${candidate?.why ?? 'lab knows nothing of it'}`,
    candidate?.hint ?? 'lab doctor',
  );
}

/** Only before a lab is made: what made it once can run it again. */
async function refuseOutdated(host: HostKind): Promise<void> {
  const outdated = await outdatedRequirements(host);
  if (outdated.length === 0) return;
  const told = outdated.map(
    ({ requirement: { name, version: wanted, why }, version }) =>
      `${name} is ${version}, and ${wanted?.least ?? ''} is the oldest that will do: it ${why}`,
  );
  throw new HostError(told.join('; '), 'a newer release of this system has it; lab doctor shows the rest');
}

export async function isRunning(spec: Pick<LabSpec, 'home' | 'name'>): Promise<boolean> {
  const labs = await listLabs(spec.home);
  return labs.some((lab) => lab.description.name === spec.name && lab.state === 'running');
}
