import { HostError, RigError, type LabError } from '../../errors.ts';

/** VBoxManage ended with an error. `what` is what lab can act upon; texts it does not know are `other`. */
export class VBoxManageRefusal extends RigError {
  readonly what: Refused;

  constructor(what: Refused, message: string, hint?: string) {
    super(message, hint);
    this.what = what;
  }
}

export type Refused =
  'no such machine' | 'busy' | 'locked' | 'wrong state' | 'no such snapshot' | 'did not start' | 'other';

/** How VirtualBox 7.2 words a refusal (its COM codes come along, when it prints any), and what a user does about it. */
const known: readonly { pattern: RegExp; what: Refused; hint: string }[] = [
  {
    pattern: /Could not find a registered machine/,
    what: 'no such machine',
    hint: 'the machine was deleted behind Vagrant’s back; lab up makes it again',
  },
  {
    // For an instant, while a machine starts or ends; even a question is refused then.
    pattern: /lock request pending|object is not ready|session is not locked/i,
    what: 'busy',
    hint: 'try again',
  },
  {
    pattern: /is already locked (?:by|for) a session|\(or being (?:locked or )?unlocked\)|while it is locked/,
    what: 'locked',
    hint: 'close the window or the command of VirtualBox that works on this machine, then try again',
  },
  {
    pattern: /Could not find a snapshot|does not have any snapshots/,
    what: 'no such snapshot',
    hint: 'lab up provisions the lab anew',
  },
  {
    // The calling end of a serial line (lab/vagrantfile/virtualbox.ts).
    pattern: /NamedPipe#\d+ failed to connect/,
    what: 'did not start',
    hint: 'give power to the machine at the other end of its serial line first: lab up starts them in their order',
  },
  {
    pattern: /terminated unexpectedly during startup|Failed to open\/create the internal network/,
    what: 'did not start',
    hint: 'VBoxManage showvminfo MACHINE --log 0 shows why; lab doctor checks VirtualBox',
  },
  {
    pattern: /is not currently running|Already paused|VBOX_E_INVALID_VM_STATE|Invalid machine state/,
    what: 'wrong state',
    hint: 'lab status',
  },
];

/** A host on which no machine can be started, whatever is asked of VirtualBox. */
const modulePattern =
  /vboxdrv|Kernel driver not installed|VERR_VM_DRIVER_NOT_(?:INSTALLED|ACCESSIBLE)|VERR_SUPDRV/i;

/** The machine is registered, but its settings file or folder is gone. */
const unreadablePattern = /object functionality is limited/;

/**
 * The error that a failed command becomes.
 * @param command as typed, for people
 * @param stderr what VBoxManage or VBoxHeadless said
 */
export function refusalOf(command: string, stderr: string, status: number | undefined): LabError {
  const said = wordsOf(stderr);
  const reason = said === '' ? `status ${status === undefined ? 'unknown' : String(status)}` : said;
  const message = `${command}: ${reason}`;
  if (unreadablePattern.test(stderr))
    return new HostError(
      `${message}: VirtualBox cannot read the machine, whose files are gone or damaged`,
      'VBoxManage list vms; VBoxManage unregistervm UUID; then lab up',
    );
  if (modulePattern.test(stderr))
    return new HostError(`VirtualBox cannot run machines here: ${reason}`, moduleHint);
  const found = known.find(({ pattern }) => pattern.test(stderr));
  return found === undefined
    ? new VBoxManageRefusal('other', message)
    : new VBoxManageRefusal(found.what, message, found.hint);
}

export const moduleHint = 'sudo modprobe vboxdrv; where there is no such module: sudo /sbin/vboxconfig';

/** What VBoxManage says, in one line: without its progress (on stderr too, even when all is well) and COM details. */
function wordsOf(stderr: string): string {
  return stderr
    .split(/\r?\n/)
    .map((line) => line.replace(/^(?:0%)?(?:\.{3}\d+%)+/, '').trim())
    .filter((line) => line !== '' && !/^0%|^VBox\w+(?:\.exe)?: error: (?:Details|Context):/.test(line))
    .map((line) => line.replace(/^VBox\w+(?:\.exe)?: error: /, ''))
    .join(' ');
}
