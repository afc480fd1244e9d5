/** Something this host must have for a job of lab, and where it comes from. */
export interface Requirement {
  /** A program that is looked for in PATH, or a file. */
  kind: 'program' | 'file';
  /** Name of the program, or path of the file. */
  name: string;
  why: string;
  /** Oldest version that will do, and how to ask for it. */
  version?: { least: string; argument: string };
  /** Who needs it: everyone, or only who is not root. */
  who: 'everyone' | 'not root';
  packages: { debian: string; fedora: string | null; homebrew: string | null };
}

/** What the embedded provider needs. Package names are those of Debian 12 and Ubuntu 24.04, Fedora and Homebrew. */
export const requirements: readonly Requirement[] = [
  {
    kind: 'program',
    name: 'qemu-system-x86_64',
    why: 'runs the machines of a lab; their network needs -netdev stream, which came with QEMU 7.2',
    version: { least: '7.2', argument: '--version' },
    who: 'everyone',
    packages: { debian: 'qemu-system-x86', fedora: 'qemu-system-x86-core', homebrew: 'qemu' },
  },
  {
    kind: 'program',
    name: 'qemu-img',
    why: 'makes the disk overlays of the machines',
    version: { least: '7.2', argument: '--version' },
    who: 'everyone',
    packages: { debian: 'qemu-utils', fedora: 'qemu-img', homebrew: 'qemu' },
  },
  {
    kind: 'program',
    name: 'mmdebstrap',
    why: 'builds the system image of the machines from Debian packages',
    who: 'everyone',
    packages: { debian: 'mmdebstrap', fedora: 'mmdebstrap', homebrew: null },
  },
  {
    kind: 'program',
    name: 'mke2fs',
    why: 'turns the built system into a disk, with -d and without mounting anything',
    version: { least: '1.43', argument: '-V' },
    who: 'everyone',
    packages: { debian: 'e2fsprogs', fedora: 'e2fsprogs', homebrew: 'e2fsprogs' },
  },
  {
    kind: 'program',
    name: 'unshare',
    why: 'gives the image build mounts of its own; --map-auto, for who is not root, came with util-linux 2.38',
    version: { least: '2.38', argument: '--version' },
    who: 'everyone',
    packages: { debian: 'util-linux', fedora: 'util-linux', homebrew: null },
  },
  {
    kind: 'program',
    name: 'setpriv',
    why: 'ends the image build when lab is killed',
    who: 'everyone',
    packages: { debian: 'util-linux', fedora: 'util-linux', homebrew: null },
  },
  {
    kind: 'program',
    name: 'mount',
    why: 'shows the image build its own tree',
    who: 'everyone',
    packages: { debian: 'mount', fedora: 'util-linux-core', homebrew: null },
  },
  {
    kind: 'program',
    name: 'ps',
    why: 'tells whether a machine of a lab still lives',
    who: 'everyone',
    packages: { debian: 'procps', fedora: 'procps-ng', homebrew: null },
  },
  {
    kind: 'file',
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    why: 'verifies the Debian packages of the image',
    who: 'everyone',
    packages: { debian: 'debian-archive-keyring', fedora: 'debian-keyring', homebrew: null },
  },
  {
    kind: 'program',
    name: 'newuidmap',
    why: 'lets mmdebstrap build the image without root',
    who: 'not root',
    packages: { debian: 'uidmap', fedora: 'shadow-utils', homebrew: null },
  },
];

/** What packing a Vagrant box needs: all that builds an image, and what makes a bootable disk and an archive of it. */
export const boxRequirements: readonly Requirement[] = [
  ...requirements.filter((each) => each.name !== 'qemu-system-x86_64'),
  {
    kind: 'program',
    name: 'debugfs',
    why: "changes the files of a box's disk without mounting it",
    who: 'everyone',
    packages: { debian: 'e2fsprogs', fedora: 'e2fsprogs', homebrew: 'e2fsprogs' },
  },
  {
    kind: 'program',
    name: 'e2fsck',
    why: "verifies the file system of a box's disk",
    who: 'everyone',
    packages: { debian: 'e2fsprogs', fedora: 'e2fsprogs', homebrew: 'e2fsprogs' },
  },
  {
    kind: 'program',
    name: 'dd',
    why: "places the file system on a box's disk, leaving holes where it is empty",
    who: 'everyone',
    packages: { debian: 'coreutils', fedora: 'coreutils', homebrew: 'coreutils' },
  },
  {
    kind: 'program',
    name: 'tar',
    why: 'packs a box',
    who: 'everyone',
    packages: { debian: 'tar', fedora: 'tar', homebrew: 'gnu-tar' },
  },
];

export type PackageManager = 'apt' | 'dnf' | 'homebrew' | 'unknown';

/** @param osRelease text of /etc/os-release (os-release(5)); empty where there is none */
export function packageManagerOf(osRelease: string, platform: NodeJS.Platform): PackageManager {
  if (platform === 'darwin') return 'homebrew';
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].flatMap((match) =>
    (match[1] ?? '').replaceAll(/["']/g, '').split(' '),
  );
  if (ids.some((id) => id === 'debian' || id === 'ubuntu')) return 'apt';
  return ids.some((id) => id === 'fedora' || id === 'rhel') ? 'dnf' : 'unknown';
}

/** The command that a person types to get what is missing. */
export function mendCommand(
  missing: readonly Requirement[],
  manager: PackageManager,
  options: { root: boolean },
): string {
  const sudo = options.root ? '' : 'sudo ';
  if (manager === 'apt')
    return `${sudo}apt-get install -y --no-install-recommends ${debianPackages(missing).join(' ')}`;
  if (manager === 'dnf') return `${sudo}dnf install ${namesOf(missing, 'fedora').join(' ')}`;
  if (manager === 'homebrew') {
    const unavailable = missing.filter((each) => each.packages.homebrew === null).map((each) => each.name);
    const note =
      unavailable.length === 0 ? '' : ` (Homebrew has no ${unavailable.join(', ')}; use a Linux host)`;
    return `brew install ${namesOf(missing, 'homebrew').join(' ')}${note}`;
  }
  return `install, under the names of this system: ${debianPackages(missing).join(', ')}`;
}

export function debianPackages(missing: readonly Requirement[]): string[] {
  return namesOf(missing, 'debian');
}

function namesOf(missing: readonly Requirement[], system: keyof Requirement['packages']): string[] {
  return [...new Set(missing.flatMap((each) => each.packages[system] ?? []))];
}
