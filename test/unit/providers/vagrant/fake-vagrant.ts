import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakePrograms } from './fake-programs.ts';

/**
 * vagrant as a script that keeps machines as Vagrant does, in `.vagrant/machines`, for the nodes of the Vagrantfile in the
 * folder of the lab. Each file here that exists makes it fail: `up-dies-at` holds the node before which `up` dies,
 * `destroy-fails` says why; `without-id` holds a node that is made but leaves no id.
 */
const body = String.raw`
cd "$VAGRANT_CWD"
nodes() { sed -n 's/^ *config\.vm\.define "\([^"]*\)".*/\1/p' Vagrantfile; }
fail() { echo "1,,error-exit,$1,$2"; exit 1; }
knob() { if [ -e "$here/$1" ]; then cat "$here/$1"; fi; }
case $1 in
--version) echo 'Vagrant 2.3.4' ;;
up)
  n=0
  echo '/usr/lib/ruby/fog.rb:3: warning: method redefined, it says'
  for node in $(nodes); do
    n=$((n + 1))
    [ "$(knob up-dies-at)" != "$node" ] || fail Vagrant::Errors::VMBootTimeout 'Timed out while waiting for the machine to boot.'
    [ "$(knob without-id)" != "$node" ] || continue
    folder=".vagrant/machines/$node/libvirt"
    mkdir -p "$folder"
    [ -e "$folder/id" ] || printf '00000000-0000-4000-8000-%012d' "$n" > "$folder/id"
    echo "1,$node,ui,info,==> $node: Machine booted and ready!"
  done ;;
ssh-config)
  for node in $(nodes); do
    [ "$(knob without-ssh)" != "$node" ] || continue
    printf '1,%s,ssh-config,Host %s%s\n' "$node" "$node" '\n  HostName 127.0.0.1\n  User vagrant\n  Port '"$(knob port)"'\n  UserKnownHostsFile /dev/null\n  IdentityFile '"$here"'/key%!(VAGRANT_COMMA)pem\n'
    echo "Host $node"
    echo '  HostName 192.0.2.1'
  done ;;
destroy)
  cp Vagrantfile "$here/destroyed-with"
  reason=$(knob destroy-fails)
  [ -z "$reason" ] || fail Vagrant::Errors::MachineLocked "$reason"
  rm -rf .vagrant/machines/*/libvirt/id ;;
esac
`;

/** Machines answer at this port of 127.0.0.1 to a user with this key. */
export async function fakeVagrant(
  programs: FakePrograms,
  { port, privateKey }: { port: number; privateKey: string },
): Promise<void> {
  await programs.script('vagrant', body);
  await writeFile(join(programs.folder, 'port'), String(port));
  await writeFile(join(programs.folder, 'key,pem'), privateKey);
}
