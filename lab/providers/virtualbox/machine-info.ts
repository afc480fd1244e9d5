import { HostError, RigError } from '../../errors.ts';

/** What `VBoxManage showvminfo ID --machinereadable` tells, as far as lab reads it. */
export interface MachineInfo {
  name: string;
  /** VirtualBox' own word, as `running`, `poweroff`, `saved`, `restoring`. */
  state: string;
  /** Whether a process holds the machine: one that runs it, changes it, or ends just now. */
  locked: boolean;
  /** Whether the cable of a NIC is plugged in, by VirtualBox' number of the NIC. */
  cables: ReadonlyMap<number, 'on' | 'off'>;
  /** Whether a serial port of it starts only where the machine at the other end of the line offers its own. */
  callsSerialPeer: boolean;
  snapshots: readonly SnapshotInfo[];
}

export interface SnapshotInfo {
  uuid: string;
  name: string;
  description: string;
}

/**
 * The values of machine-readable output by key. A value may be quoted, hold escaped quotes, and go over several lines (names
 * and descriptions that people gave); a line of another form is passed over. The first value of a key counts, so that
 * nothing inside a description can stand for the machine's own.
 */
export function parseMachineReadable(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const [, quotedKey, bareKey, rest] =
      /^(?:"([^"]+)"|([A-Za-z][\w.()[\]/-]*))=(.*)$/s.exec(lines[i] ?? '') ?? [];
    const key = quotedKey ?? bareKey;
    if (key === undefined || rest === undefined) continue;
    let value = rest;
    if (value.startsWith('"')) {
      while (isOpen(value) && i + 1 < lines.length) value += `\n${lines[++i] ?? ''}`;
      value = value.replace(/^"(.*)"$/s, '$1').replaceAll(/\\(["\\])/g, '$1');
    }
    if (!values.has(key)) values.set(key, value);
  }
  return values;
}

/** Whether a quoted value goes on in the next line: its first line has a quote without its partner, and no line ended it. */
function isOpen(value: string): boolean {
  const quotes = (text: string): number => text.replaceAll(/\\./g, '').split('"').length - 1;
  const [first = '', ...others] = value.split('\n');
  const last = (others.at(-1) ?? '').replaceAll(/\\./g, '');
  return quotes(first) % 2 === 1 && !last.endsWith('"');
}

/** @throws HostError for a machine whose files cannot be read; RigError for output without a state */
export function parseMachineInfo(text: string): MachineInfo {
  const values = parseMachineReadable(text);
  const name = values.get('name') ?? '';
  const state = values.get('VMState');
  if (name === '<inaccessible>' || state === 'inaccessible')
    throw new HostError(
      `VirtualBox cannot read the machine ${values.get('UUID') ?? ''}: its files are gone or damaged`,
      `VBoxManage unregistervm ${values.get('UUID') ?? 'UUID'}; then lab up`,
    );
  if (state === undefined)
    throw new RigError(
      `VBoxManage showvminfo tells no state: ${JSON.stringify(text.slice(0, 200))}`,
      'lab doctor checks VirtualBox',
    );
  return {
    name,
    state,
    locked: (values.get('SessionName') ?? '') !== '',
    cables: new Map(
      [...values].flatMap(([key, value]) => {
        const nic = /^cableconnected(\d+)$/.exec(key)?.[1];
        return nic === undefined || (value !== 'on' && value !== 'off')
          ? []
          : [[Number(nic), value] as const];
      }),
    ),
    callsSerialPeer: [...values].some(
      ([key, value]) => /^uartmode\d+$/.test(key) && value.startsWith('client,'),
    ),
    snapshots: snapshotsOf(values),
  };
}

/** Snapshots are told as a tree: SnapshotName, SnapshotName-1, SnapshotName-1-1, each with its UUID and description. */
function snapshotsOf(values: ReadonlyMap<string, string>): SnapshotInfo[] {
  return [...values].flatMap(([key, uuid]) => {
    const branch = /^SnapshotUUID((?:-\d+)*)$/.exec(key)?.[1];
    if (branch === undefined) return [];
    return [
      {
        uuid,
        name: values.get(`SnapshotName${branch}`) ?? '',
        description: values.get(`SnapshotDescription${branch}`) ?? '',
      },
    ];
  });
}

export type SettledState = 'running' | 'paused' | 'off' | 'saved';

/**
 * VirtualBox' words for a state (machineStateToName in VBoxManageInfo.cpp) that lasts, or that a machine keeps while
 * something is done with it. Words that are not here are passing ones.
 */
const settled: ReadonlyMap<string, SettledState> = new Map([
  ['running', 'running'],
  ['livesnapshotting', 'running'],
  ['onlinesnapshotting', 'running'],
  ['deletingsnapshotlive', 'running'],
  ['paused', 'paused'],
  ['deletingsnapshotlivepaused', 'paused'],
  ['poweroff', 'off'],
  ['aborted', 'off'],
  ['teleported', 'off'],
  ['saved', 'saved'],
  ['aborted-saved', 'saved'],
]);

/** @returns undefined for a passing state, and for `gurumeditation`, in which a machine hangs until its power is cut */
export function settledState(word: string): SettledState | undefined {
  return settled.get(word);
}
