import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from './candidates.ts';
import type { Capacity, KvmDevice } from './capacity.ts';
import { capacityOf, kvmDevice } from './capacity.ts';
import type { HostKind } from './programs.ts';
import { isNeeded, versionOf, whereIs } from './programs.ts';
import type { Requirement } from './requirements.ts';
import { requirements } from './requirements.ts';

export interface FoundRequirement {
  requirement: Requirement;
  where: string | undefined;
  version: string | undefined;
}

export interface Accelerator {
  name: 'kvm' | 'tcg';
  threads: 'multi' | 'single';
  why: string;
}

/** What was seen on this host. */
export interface Findings {
  host: HostKind;
  nodeVersion: string;
  requirements: FoundRequirement[];
  capacity: Capacity;
  folders: { cache: string; labs: string };
  neededMemoryMib: number;
  imageIsBuilt: boolean;
  kvm: KvmDevice;
  /** Proven by a boot; or why nothing could be proven. */
  accelerator: Accelerator | { name: null; why: string };
  /** Providers through Vagrant, the preferred one first. */
  candidates: Candidate[];
}

export interface FindingsRequest {
  host: HostKind;
  folders: { cache: string; labs: string };
  neededMemoryMib: number;
  /** Boots a kernel to prove an accelerator; only called when QEMU is there. */
  prove: () => Promise<Findings['accelerator']>;
  /** Looks at the providers through Vagrant. */
  candidates: () => Promise<Candidate[]>;
}

/** Probes this host. Every program of the embedded provider is asked for at most 5 s. */
export async function gatherFindings(request: FindingsRequest): Promise<Findings> {
  const { host, folders } = request;
  const [found, candidates, kvm] = await Promise.all([
    Promise.all(requirements.filter((each) => isNeeded(each, host)).map((each) => probe(each, host))),
    request.candidates(),
    kvmDevice(),
  ]);
  const qemu = found.find((each) => each.requirement.name === 'qemu-system-x86_64');
  return {
    host,
    nodeVersion: process.versions.node,
    requirements: found,
    capacity: capacityOf(folders),
    folders,
    neededMemoryMib: request.neededMemoryMib,
    imageIsBuilt: imageIsBuilt(folders.cache),
    kvm,
    accelerator: qemu?.where === undefined ? { name: null, why: 'QEMU is missing' } : await request.prove(),
    candidates,
  };
}

async function probe(requirement: Requirement, host: HostKind): Promise<FoundRequirement> {
  const where = whereIs(requirement, host);
  const version =
    where === undefined || requirement.version === undefined
      ? undefined
      : await versionOf(where, requirement.version.argument);
  return { requirement, where, version };
}

/** Whether some system image is finished. */
export function imageIsBuilt(cache: string): boolean {
  return finishedKernel(cache) !== undefined;
}

/** The kernel of a finished system image, to prove an accelerator with; a finished image holds image.json. */
export function finishedKernel(cache: string): string | undefined {
  const images = join(cache, 'images');
  if (!existsSync(images)) return undefined;
  return readdirSync(images)
    .filter((name) => existsSync(join(images, name, 'image.json')))
    .map((name) => join(images, name, 'vmlinuz'))
    .find((kernel) => existsSync(kernel));
}
