import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineId } from '../../../../lab/providers/vagrant/hypervisor.ts';
import type { FakePrograms } from '../vagrant/fake-programs.ts';

/** virsh as a script that keeps domains as files and answers in the words of virsh 9.0.0. */
export interface FakeVirsh {
  machines: MachineId[];
  /** What it was told to do, without what only looks. */
  done: () => Promise<string[]>;
  read: (id: string, file: 'state' | 'live' | 'config') => Promise<string>;
  write: (id: string, file: 'state' | 'live' | 'config', text: string) => Promise<void>;
  snapshots: (id: string) => Promise<string[]>;
  /** Shell that runs before each command, with $verb, $id and "$@"; `fail WORDS` ends the command. */
  before: (body: string) => Promise<void>;
}

const looks = ['domstate', 'dumpxml', 'snapshot-list', 'version'];

const body = `
fail() { for words; do echo "error: $words" >&2; done; exit 1; }
[ "$1" != -q ] || shift
[ "$1" = -c ] || fail 'no connection was named'
shift 2
verb=$1 id=$2
[ ! -e "$here/before" ] || . "$here/before"
if [ "$verb" = version ]; then
  echo 'Compiled against library: libvirt 9.0.0'
  echo 'Using library: libvirt 9.0.0'
  echo 'Using API: QEMU 9.0.0'
  echo 'Running hypervisor: QEMU 7.2.22'
  exit 0
fi
domain="$here/domains/$id"
[ -d "$domain" ] || fail "failed to get domain '$id'"
state=$(cat "$domain/state")
named() { [ "$4" = "$1" ] || fail "command doesn't support option $4"; snapshot="$domain/snapshots/$5"; }
known() { [ -e "$snapshot" ] || fail "Domain snapshot not found: no domain snapshot with matching name '$(basename "$snapshot")'"; }
case $verb in
domstate) echo "$state"; echo ;;
destroy)
  [ "$state" != 'shut off' ] ||
    fail "Failed to destroy domain '$id'" 'Requested operation is not valid: domain is not running'
  echo 'shut off' > "$domain/state" ;;
start)
  [ "$state" = 'shut off' ] || fail 'Domain is already active'
  cp "$domain/config" "$domain/live"; echo running > "$domain/state" ;;
suspend)
  [ "$state" = running ] ||
    fail "Failed to suspend domain '$id'" 'Requested operation is not valid: domain is not running'
  echo paused > "$domain/state" ;;
resume)
  [ "$state" = paused ] ||
    fail "Failed to resume domain '$id'" 'Requested operation is not valid: domain is not running'
  echo running > "$domain/state" ;;
dumpxml)
  links="$domain/live"; [ "$state" != 'shut off' ] || links="$domain/config"
  echo "<domain type='qemu' id='1'><name>lab_$id</name><devices><emulator>/usr/bin/qemu</emulator>"
  n=0
  for link in up $(cat "$links"); do
    echo "<interface type='network'><mac address='52:54:00:00:00:0$n'/><source network='lab$n'/>"
    [ "$link" = up ] || echo "<link state='$link'/>"
    echo "<model type='virtio'/></interface>"
    n=$((n + 1))
  done
  echo "</devices></domain>" ;;
domif-setlink)
  [ "$#" -le 5 ] || fail 'unexpected data'
  case $3 in 52:54:00:00:00:0[1-9]) n=\${3##*0} ;; *) fail "interface '$3' not found" ;; esac
  links="$domain/live"
  case $5 in --config) links="$domain/config" ;; '') ;; *) fail "command 'domif-setlink' doesn't support option $5" ;; esac
  if [ "$5" = --config ] || [ "$state" != 'shut off' ]; then
    sed "\${n}s/.*/$4/" "$links" > "$links.new.$$"; mv "$links.new.$$" "$links"
  fi
  echo 'Device updated successfully' ;;
snapshot-create-as)
  named --name "$@"
  [ ! -e "$snapshot" ] || fail "operation failed: domain snapshot $4 already exists"
  cp "$domain/live" "$snapshot" ;;
snapshot-delete) named --snapshotname "$@"; known; rm "$snapshot" ;;
snapshot-list) ls "$domain/snapshots" | sed 's/^/ /' ;;
snapshot-revert)
  named --snapshotname "$@"; known
  cp "$snapshot" "$domain/live"
  case " $* " in *' --paused '*) echo paused ;; *) echo running ;; esac > "$domain/state" ;;
*) fail "unknown command: '$verb'" ;;
esac
`;

/** Domains that run, with two NICs of the topology each: eth1 and eth2, not in their order. */
export async function fakeVirsh(
  programs: FakePrograms,
  names: readonly string[] = ['nfs01', 'nfs02'],
): Promise<FakeVirsh> {
  const file = (id: string, name: string): string => join(programs.folder, 'domains', id, name);
  await programs.script('virsh', body);
  for (const id of names) {
    await mkdir(file(id, 'snapshots'), { recursive: true });
    await writeFile(file(id, 'state'), 'running\n');
    for (const links of ['live', 'config']) await writeFile(file(id, links), 'up\nup\n');
  }
  return {
    machines: names.map((id) => ({
      id,
      node: {
        name: id,
        role: 'server',
        memoryMib: 256,
        cpus: 1,
        nics: [
          { name: 'eth2', network: 'crossover' },
          { name: 'eth1', network: 'lan', address: '192.168.33.21/24' },
        ],
      },
    })),
    done: async () =>
      (await programs.calls())
        .filter((call) => call.startsWith('virsh '))
        .map((call) => call.split(/(?<= -c \S+) /)[1]?.split(' ') ?? [])
        .filter(([verb = '']) => !looks.includes(verb))
        .map((words) => words.join(' ')),
    read: async (id, name) => (await readFile(file(id, name), 'utf8')).trim(),
    write: async (id, name, text) => {
      await writeFile(file(id, name), `${text}\n`);
    },
    snapshots: (id) => readdir(file(id, 'snapshots')),
    before: async (text) => {
      await writeFile(join(programs.folder, 'before'), `${text}\n`);
    },
  };
}
