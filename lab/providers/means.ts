import type { Deed, Proof } from './deed.ts';
import { machineDeeds } from './machine-means.ts';

const ruleOfGuest = 'ends with the kernel of the receiver; the power of the sender does not matter';
const ruleOfFabric = 'stays until its time is over';
const noCapture = 'tcpdump on the clients, which see less';
const clockExchange =
  'a Perl loop on the node tells its clocks over SSH; half the round trip bounds the error';
const clockAnew = 'begins anew when the node has booted';

function onGuests(how: string, proof: Proof): Pick<Deed['by'], 'virtualbox' | 'libvirt'> {
  const means = { how, afterPowerCycle: ruleOfGuest, proof };
  return { virtualbox: means, libvirt: means };
}

/** What lab does, and with what, at each provider. docs/providers.md shows it. */
export const deeds: readonly Deed[] = [
  ...machineDeeds,
  {
    what: 'silent drop, one way',
    capability: 'network-rules',
    by: {
      qemu: { how: 'rule `drop` of the fabric', afterPowerCycle: ruleOfFabric, proof: 'no machines' },
      ...onGuests(
        'in the receiving guest: `nft` table `netdev lab_RULE`, ingress, `ether saddr { MAC } counter drop`',
        'no machines',
      ),
    },
  },
  {
    what: 'loss, one way',
    capability: 'network-rules',
    by: {
      qemu: { how: 'rule `loss` of the fabric', afterPowerCycle: ruleOfFabric, proof: 'no machines' },
      ...onGuests(
        'in the receiving guest: the same table, `numgen random mod 1000000 < N counter drop`',
        'no machines',
      ),
    },
  },
  {
    what: 'delay, one way',
    capability: 'network-rules',
    by: {
      qemu: { how: 'rule `delay` of the fabric', afterPowerCycle: ruleOfFabric, proof: 'no machines' },
      ...onGuests(
        'in the receiving guest: `nft` leads the frames over an ifb device `lab-NIC`, with `tc` a class for each sender and `netem delay` in it',
        'not run',
      ),
    },
  },
  {
    what: 'rate, one way',
    capability: 'network-rules',
    by: {
      qemu: { how: 'rule `rate` of the fabric', afterPowerCycle: ruleOfFabric, proof: 'no machines' },
      ...onGuests('in the receiving guest: the same device, `tbf rate`', 'no machines'),
    },
  },
  {
    what: 'frames seen from outside the guests',
    capability: 'fabric',
    by: {
      qemu: {
        how: 'every frame passes through the fabric',
        afterPowerCycle: 'goes on',
        proof: 'run for real',
      },
      virtualbox: { instead: noCapture },
      libvirt: { instead: noCapture },
    },
  },
  {
    what: 'a server has another one reset (fencing)',
    capability: 'fence',
    by: {
      qemu: {
        how: 'the agent `fence_lab` asks the fabric over a virtio-serial port `lab.fence`, and the fabric a second monitor of the other machine: QMP `system_reset`',
        afterPowerCycle: 'goes on',
        proof: 'run for real',
      },
      virtualbox: { instead: 'refused: nothing there answers a guest' },
      libvirt: { instead: 'refused: nothing there answers a guest' },
    },
  },
  {
    what: 'a server has another one switched off, or on (fencing)',
    capability: 'fence',
    by: {
      qemu: {
        how: 'the same way: QMP `stop` and `system_reset`; on: `cont`',
        afterPowerCycle: 'goes on',
        proof: 'no machines',
      },
      virtualbox: { instead: 'refused: nothing there answers a guest' },
      libvirt: { instead: 'refused: nothing there answers a guest' },
    },
  },
  {
    what: 'capture into pcap files (`--pcap`)',
    capability: 'fabric',
    by: {
      qemu: { how: 'written by the fabric', afterPowerCycle: 'goes on', proof: 'no machines' },
      virtualbox: { instead: 'refused; tcpdump by hand on a node' },
      libvirt: { instead: 'refused; tcpdump by hand on a node' },
    },
  },
  {
    what: 'serial console in a file',
    capability: null,
    by: {
      qemu: { how: '`-serial chardev:console`', afterPowerCycle: 'goes on', proof: 'run for real' },
      virtualbox: {
        how: '`VBoxManage modifyvm VM --uart1 0x3F8 4 --uartmode1 file FILE`',
        afterPowerCycle: 'begins anew',
        proof: 'commands',
      },
      libvirt: {
        how: '`libvirt.serial type: "file"` in the Vagrantfile',
        afterPowerCycle: 'begins anew',
        proof: 'run for real',
      },
    },
  },
  {
    what: 'clock offsets of the nodes',
    capability: null,
    by: {
      qemu: { how: clockExchange, afterPowerCycle: clockAnew, proof: 'run for real' },
      virtualbox: { how: clockExchange, afterPowerCycle: clockAnew, proof: 'not run' },
      libvirt: { how: clockExchange, afterPowerCycle: clockAnew, proof: 'run for real' },
    },
  },
  {
    what: 'serial lines between nodes',
    capability: null,
    by: {
      qemu: {
        how: '`-chardev socket` between two second `-serial` ports',
        afterPowerCycle: 'the one that calls does so again every second',
        proof: 'run for real',
      },
      virtualbox: {
        how: '`VBoxManage modifyvm VM --uart2 0x2F8 3 --uartmode2 server PIPE`, and `client` at the other end',
        afterPowerCycle: 'the client starts only while the server runs',
        proof: 'commands',
      },
      libvirt: {
        how: '`libvirt.qemuargs`: a TCP port of 127.0.0.1 between two `isa-serial` devices',
        afterPowerCycle: 'the client calls again every second',
        proof: 'not run',
      },
    },
  },
  {
    what: 'extra disks',
    capability: null,
    by: {
      qemu: { instead: 'not built' },
      virtualbox: {
        how: '`VBoxManage createmedium`, `storagectl` and `storageattach`, from the Vagrantfile',
        afterPowerCycle: 'stay',
        proof: 'not run',
      },
      libvirt: {
        how: '`libvirt.storage :file` in the Vagrantfile',
        afterPowerCycle: 'stay',
        proof: 'not run',
      },
    },
  },
  {
    what: 'no way out for guests',
    capability: null,
    by: {
      qemu: {
        how: '`-netdev user,restrict=on`',
        afterPowerCycle: 'stays',
        proof: 'not run',
      },
      virtualbox: { instead: 'guests reach the Internet over the NAT of VirtualBox, which cannot be closed' },
      libvirt: {
        how: 'with the packed box: a management network in mode `none`; with any other box guests reach the Internet',
        afterPowerCycle: 'stays',
        proof: 'not run',
      },
    },
  },
];
