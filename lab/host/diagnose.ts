import { bestProvider, type Candidate, type ProviderChoice } from './candidates.ts';
import { imageSpaceMib, labSpaceMib } from './capacity.ts';
import type { Findings, FoundRequirement } from './findings.ts';
import { isAtLeast } from './programs.ts';
import type { Requirement } from './requirements.ts';
import { mendCommand, packageManagerOf } from './requirements.ts';

/** One line of the doctor's table. */
export interface Diagnosed {
  what: string;
  found: string;
  /** `missing` keeps the embedded provider from running; `note` does not. */
  verdict: 'ok' | 'missing' | 'note';
  /** What follows from it; empty where nothing does. */
  follows: string;
  /** How to mend it; empty where there is nothing to mend. */
  mend: string;
}

export interface Diagnosis {
  rows: Diagnosed[];
  /** Whether labs can run, with one provider or another. */
  ready: boolean;
  /** What is missing and a package manager can bring. */
  installable: Requirement[];
  /** What lab takes here when nobody says. */
  provider: ProviderChoice;
  /** How long things take here, roughly. */
  pace: string;
}

/** What follows from what was seen. Pure. */
export function diagnose(findings: Findings): Diagnosis {
  const rows = [
    row('Node.js', findings.nodeVersion, 'ok'),
    ...findings.requirements.map((each) => requirementRow(each, findings)),
    ...capacityRows(findings),
    kvmRow(findings),
    acceleratorRow(findings),
    ...findings.candidates.map(candidateRow),
  ];
  const embeddedIsReady = rows.every((each) => each.verdict !== 'missing');
  return {
    rows,
    ready: embeddedIsReady || findings.candidates.some((candidate) => candidate.usable),
    installable: findings.requirements.filter(isUnusable).map((each) => each.requirement),
    provider: bestProvider(findings.candidates),
    pace: paceOf(findings),
  };
}

function row(what: string, found: string, verdict: Diagnosed['verdict'], follows = '', mend = ''): Diagnosed {
  return { what, found, verdict, follows, mend };
}

function isUnusable({ requirement, where, version }: FoundRequirement): boolean {
  if (where === undefined) return true;
  return (
    requirement.version !== undefined &&
    version !== undefined &&
    !isAtLeast(version, requirement.version.least)
  );
}

function requirementRow(found: FoundRequirement, { host }: Findings): Diagnosed {
  const { requirement, where, version } = found;
  const what = requirement.name.split('/').at(-1) ?? requirement.name;
  if (!isUnusable(found)) return row(what, version ?? where ?? '', 'ok');
  const manager = packageManagerOf(host.osRelease, host.platform);
  const mend = mendCommand([requirement], manager, { root: host.root });
  if (where === undefined) return row(what, 'not there', 'missing', `it ${requirement.why}`, mend);
  return row(
    what,
    `${version ?? ''} (${where})`,
    'missing',
    `older than ${requirement.version?.least ?? ''}: it ${requirement.why}`,
    `a newer release of ${host.platform === 'darwin' ? 'macOS' : 'this system'} has it`,
  );
}

function capacityRows({ capacity, folders, neededMemoryMib, imageIsBuilt }: Findings): Diagnosed[] {
  const enough = (what: string, freeMib: number, neededMib: number, mend: string): Diagnosed => {
    const found = `${size(freeMib)} free`;
    return freeMib >= neededMib
      ? row(what, found, 'ok')
      : row(what, found, 'missing', `a lab needs ${size(neededMib)}`, mend);
  };
  return [
    enough(
      'memory',
      capacity.memoryMib,
      neededMemoryMib,
      'end other programs, or other labs: lab down --all',
    ),
    enough(
      `disk for images (${folders.cache})`,
      capacity.cacheMib,
      imageIsBuilt ? 0 : imageSpaceMib,
      'make room, or set XDG_CACHE_HOME to a larger disk',
    ),
    enough(
      `disk for labs (${folders.labs})`,
      capacity.labsMib,
      labSpaceMib,
      'make room: lab down --all --purge',
    ),
    row(
      'processor cores',
      String(capacity.cores),
      capacity.cores < 2 ? 'note' : 'ok',
      capacity.cores < 2 ? 'four machines share one core: takeovers are stretched' : '',
    ),
  ];
}

function size(mib: number): string {
  return mib < 1024 ? `${String(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}

function kvmRow({ kvm }: Findings): Diagnosed {
  if (kvm === 'usable') return row('/dev/kvm', 'can be opened', 'ok');
  const slow = 'the machines run in software emulation';
  if (kvm === 'absent')
    return row(
      '/dev/kvm',
      'not there',
      'note',
      slow,
      'hardware virtualisation, or nesting, is off or absent',
    );
  return row('/dev/kvm', 'no permission', 'note', slow, 'sudo usermod -aG kvm "$USER", then log in again');
}

const candidateTitles = { virtualbox: 'VirtualBox through Vagrant', libvirt: 'libvirt through Vagrant' };

function candidateRow({ name, usable, found, why, hint }: Candidate): Diagnosed {
  const what = candidateTitles[name];
  const seen = found.length === 0 ? 'not there' : found.join(', ');
  return usable ? row(what, seen, 'ok') : row(what, seen, 'note', why, hint);
}

function acceleratorRow({ accelerator }: Findings): Diagnosed {
  if (accelerator.name === null) return row('accelerator', 'not proven', 'note', accelerator.why);
  const found = accelerator.name === 'kvm' ? 'KVM' : `TCG, ${accelerator.threads}-threaded`;
  return row('accelerator', found, 'ok', accelerator.why);
}

function paceOf({ accelerator, imageIsBuilt, capacity }: Findings): string {
  const image = imageIsBuilt
    ? 'the system image is built already'
    : 'the first lab also builds the system image, once, in one to three minutes';
  if (accelerator.name === null) return `how fast is known once the accelerator is proven; ${image}`;
  if (accelerator.name === 'kvm')
    return `with hardware virtualisation a first lab is up within about a minute, and a frozen one is back within seconds; ${image}`;
  return (
    `in software emulation on ${String(capacity.cores)} cores a first lab takes about two minutes to come up, a frozen one ` +
    `is back within about ten seconds, and hard-halt takes about three minutes; ${image}`
  );
}
