import { expect } from 'chai';
import {
  hardwareOf,
  macAddress,
  qemuArguments,
  type MachineSpec,
} from '../../../../lab/providers/qemu/arguments.ts';

const spec = (changes: Partial<MachineSpec> = {}): MachineSpec => ({
  name: 'demo-nfs01',
  hardware: { memoryMib: 320, cpus: 1, nics: 2, secondSerial: false },
  accelerator: { name: 'tcg', threads: 'multi' },
  files: {
    kernel: '/cache/vmlinuz',
    initrd: '/cache/initrd',
    disk: '/state/disk.qcow2',
    console: '/state/console.log',
    qmp: '/run/nfs01.qmp',
    switchQmp: '/run/nfs01.switch',
    pidFile: '/run/nfs01.pid',
  },
  macs: { management: '52:54:00:00:00:01', nics: ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02'] },
  nicSockets: ['/run/nfs01.eth1', '/run/nfs01.eth2'],
  ...changes,
});

/** The values of an option, in order. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []));
}

describe('the command line of a machine', () => {
  it('names its hardware, disk, console and monitor', () => {
    const args = qemuArguments(spec());
    expect(valuesOf(args, '-m')).to.deep.equal(['320']);
    expect(valuesOf(args, '-smp')).to.deep.equal(['1']);
    expect(valuesOf(args, '-accel')).to.deep.equal(['tcg,thread=multi']);
    expect(valuesOf(args, '-kernel')).to.deep.equal(['/cache/vmlinuz']);
    expect(valuesOf(args, '-blockdev')[0]).to.include('filename=/state/disk.qcow2,');
    expect(valuesOf(args, '-chardev')).to.deep.equal([
      'file,id=console,path=/state/console.log,append=on',
      'socket,id=qmp,path=/run/nfs01.qmp,server=on,wait=off',
      'socket,id=switch,path=/run/nfs01.switch,server=on,wait=off',
      'null,id=fence',
    ]);
    expect(valuesOf(args, '-pidfile')).to.deep.equal(['/run/nfs01.pid']);
    expect(args).to.include('-daemonize').and.not.include('-incoming');
  });

  it('lets the guest out nowhere and listens on the loopback only', () => {
    const [management] = valuesOf(qemuArguments(spec()), '-netdev');
    expect(management).to.include('restrict=on').and.include('hostfwd=tcp:127.0.0.1:0-');
  });

  it('plugs every NIC into its socket of the fabric, and those of a base machine into nothing', () => {
    expect(valuesOf(qemuArguments(spec()), '-netdev').slice(1)).to.deep.equal([
      'stream,id=net-eth1,server=off,addr.type=unix,addr.path=/run/nfs01.eth1',
      'stream,id=net-eth2,server=off,addr.type=unix,addr.path=/run/nfs01.eth2',
    ]);
    expect(valuesOf(qemuArguments(spec({ nicSockets: [] })), '-netdev').slice(1)).to.deep.equal([
      'hubport,id=net-eth1,hubid=1',
      'hubport,id=net-eth2,hubid=2',
    ]);
  });

  it('has the same options whichever way its NICs are plugged, or a saved state would not load', () => {
    const options = (args: string[]): string[] =>
      args.filter((arg, i) => args[i - 1] !== '-netdev' && !arg.startsWith('/'));
    expect(options(qemuArguments(spec()))).to.deep.equal(options(qemuArguments(spec({ nicSockets: [] }))));
  });

  it('has a fence channel, which leads to the fabric or nowhere, and is the same port to the guest', () => {
    const server = qemuArguments(spec({ fenceSocket: '/run/nfs01.fence' }));
    const other = qemuArguments(spec());
    expect(valuesOf(server, '-chardev').at(-1)).to.equal('socket,id=fence,path=/run/nfs01.fence,server=off');
    expect(valuesOf(other, '-chardev').at(-1)).to.equal('null,id=fence');
    expect(valuesOf(server, '-device')).to.deep.equal(valuesOf(other, '-device'));
    expect(valuesOf(server, '-device')).to.include(
      'virtserialport,bus=channels.0,nr=1,chardev=fence,name=lab.fence',
    );
  });

  it('doubles commas in paths where QEMU parses options, and only there', () => {
    const { files } = spec();
    const args = qemuArguments(
      spec({
        files: {
          ...files,
          disk: '/a,b/disk',
          console: '/a,b/console',
          qmp: '/a,b/q',
          switchQmp: '/a,b/s',
          pidFile: '/a,b/pid',
          kernel: '/a,b/k',
        },
        nicSockets: ['/a,b/eth1', '/a,b/eth2'],
        fenceSocket: '/a,b/f',
      }),
    );
    expect(valuesOf(args, '-blockdev')[0]).to.include('filename=/a,,b/disk,');
    expect(valuesOf(args, '-chardev').join(' '))
      .to.include('path=/a,,b/console,')
      .and.include('path=/a,,b/q,')
      .and.include('path=/a,,b/s,')
      .and.include('path=/a,,b/f,');
    expect(valuesOf(args, '-netdev')[1]).to.include('addr.path=/a,,b/eth1');
    expect(valuesOf(args, '-kernel')).to.deep.equal(['/a,b/k']);
    expect(valuesOf(args, '-pidfile')).to.deep.equal(['/a,b/pid']);
  });

  it('keeps a hostile path one argument', () => {
    const { files } = spec();
    const disk = '/x y;$(reboot)\'"/disk\n-S';
    const plain = qemuArguments(spec());
    const args = qemuArguments(spec({ files: { ...files, disk } }));
    expect(args).to.have.length(plain.length);
    expect(args.filter((arg) => arg.includes(disk))).to.have.length(1);
  });

  it('names the saved state by the word it was given, which is a variable of the environment', () => {
    const args = qemuArguments(spec({ incoming: '"$LAB_INCOMING"' }));
    expect(valuesOf(args, '-incoming')).to.deep.equal(['exec:cat "$LAB_INCOMING"']);
  });

  const withSerial = { hardware: { ...spec().hardware, secondSerial: true } };

  it('joins the second serial ports of two machines by a socket at which one listens', () => {
    const listens = qemuArguments(spec({ ...withSerial, serial: { socket: '/r,/a.com2', listens: true } }));
    const calls = qemuArguments(spec({ ...withSerial, serial: { socket: '/r,/a.com2', listens: false } }));
    expect(valuesOf(listens, '-chardev')).to.include('socket,id=cable,path=/r,,/a.com2,server=on,wait=off');
    expect(valuesOf(calls, '-chardev')).to.include('socket,id=cable,path=/r,,/a.com2,server=off,reconnect=1');
    for (const args of [listens, calls])
      expect(valuesOf(args, '-serial')).to.deep.equal(['chardev:console', 'chardev:cable']);
  });

  it('gives a base machine the same ports with a cable to nowhere', () => {
    const args = qemuArguments(spec(withSerial));
    expect(valuesOf(args, '-chardev')).to.include('null,id=cable');
    expect(valuesOf(args, '-serial')).to.deep.equal(['chardev:console', 'chardev:cable']);
  });

  it('has a second serial port only where a cable is', () => {
    const node = { name: 'a', role: 'server', memoryMib: 320, cpus: 1, nics: [] } as const;
    const lines = [{ between: ['a', 'b'] as [string, string] }];
    const ported = (name: string, serialLines?: typeof lines): boolean =>
      hardwareOf({ ...node, name, nics: [] }, { serialLines }).secondSerial;
    expect([ported('a', lines), ported('b', lines), ported('c', lines), ported('a')]).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });

  it('gives KVM the processor of the host', () => {
    const args = qemuArguments(spec({ accelerator: { name: 'kvm', threads: 'multi' } }));
    expect(valuesOf(args, '-accel')).to.deep.equal(['kvm']);
    expect(valuesOf(args, '-cpu')).to.deep.equal(['host']);
  });
});

describe('a MAC address', () => {
  it('is the same for the same NIC and another one for another', () => {
    const mac = macAddress('demo', 'nfs01', 'eth1');
    expect(mac).to.match(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(macAddress('demo', 'nfs01', 'eth1')).to.equal(mac);
    const others = [
      macAddress('demo', 'nfs01', 'eth2'),
      macAddress('demo', 'nfs02', 'eth1'),
      macAddress('other', 'nfs01', 'eth1'),
    ];
    expect(new Set([mac, ...others]).size).to.equal(4);
  });
});
