import type { Erratum } from '../../lab/plan.ts';
import { section } from './article.ts';
import { drbdErrata } from './errata-drbd.ts';
import { heartbeatErrata } from './errata-heartbeat.ts';
import { vmErrata } from './errata-vm.ts';

const keptAndNoted = 'period: as printed. current: ';

/** Mistakes of the article, in its order. */
export const errata: readonly Erratum[] = [
  {
    section: section.project,
    says: 'The backup server makes the flow of work free of interruption.',
    right:
      'It makes the interruption short: until the failure is noticed, and the virtual machines have booted.',
    why: 'A virtual machine is not moved, it is switched off with its server and booted anew on the other one. Whoever worked on it loses the connection and what was in memory.',
    handling:
      'This is what lab measures: deadtime, then promotion, mount, boot and check of the file system.',
  },
  {
    section: section.approaches,
    says: 'A main server that fails during rsync leaves a defective virtual machine on the backup server.',
    right: 'It leaves the old copy, unless rsync ran with --inplace.',
    why: 'rsync writes into a temporary file and renames it when it is complete. What is wrong with the copy is something else: it was read over a long time while the virtual machine wrote, so its blocks are of different moments.',
    handling: 'Told only.',
  },
  {
    section: section.approaches,
    says: 'DRBD transfers every changed bit on its own.',
    right: 'It transfers every block that is written, changed or not, when it is written.',
    why: 'DRBD sits below the file system and sees requests of whole sectors; it does not compare them with what was there.',
    handling: 'Told only.',
  },
  {
    section: section.approaches,
    says: 'When the main server fails, the backup is only a few seconds old.',
    right: 'With protocol C it is not behind at all: a write is done when both disks have it.',
    why: 'The article chooses protocol C itself. What is missing after a failure is what the virtual machine had not flushed yet, as after every power cut. Seconds of delay are what protocol A or rsync would give.',
    handling:
      'Both editions: protocol C. The writers count what was acknowledged, and reading back looks for all of it.',
  },
  {
    section: section.approaches,
    says: 'Work goes on directly at the point where it was at the moment of the failure.',
    right: 'At the state of the disks; the virtual machines boot.',
    why: 'Their memory is lost with the server. Only a running system that is mirrored, or a live migration, would go on where it was.',
    handling: 'Told only.',
  },
  {
    section: section.system,
    says: 'A user vmware is created.',
    right: 'No such user, or one that VMware Server runs under.',
    why: 'Nothing in the article uses it again.',
    handling: `${keptAndNoted}none.`,
  },
  {
    section: section.system,
    says: 'apt-get update, so that no known problems disturb the service.',
    right: 'apt-get update and apt-get upgrade.',
    why: 'update fetches the lists of packages and installs nothing.',
    handling: `${keptAndNoted}packages come with the image.`,
  },
  ...drbdErrata,
  ...heartbeatErrata,
  ...vmErrata,
];
