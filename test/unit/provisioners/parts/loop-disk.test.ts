import { expect } from 'chai';
import { loopDiskUnit, usedDevice } from '../../../../provisioners/parts/loop-disk.ts';

const plain = { device: '/dev/loop1', image: '/var/lib/lab/meta.img', sizeMib: 1 };
const covered = { device: '/dev/loop0', image: '/var/lib/lab/data.img', sizeMib: 64, covered: 'lab-data' };

describe('disks behind loop devices', () => {
  it('are used as they are, or through the device that covers them', () => {
    expect(usedDevice(plain)).to.equal('/dev/loop1');
    expect(usedDevice(covered)).to.equal('/dev/mapper/lab-data');
  });

  it('are covered after they are attached, in sectors of 512 bytes, and uncovered before they are detached', () => {
    const lines = loopDiskUnit([covered, plain], ['drbd.service']).split('\n');
    expect(lines.filter((line) => line.startsWith('Exec'))).to.deep.equal([
      'ExecStartPre=/sbin/modprobe loop',
      'ExecStartPre=/sbin/modprobe dm-mod',
      'ExecStart=/sbin/losetup /dev/loop0 /var/lib/lab/data.img',
      'ExecStart=/sbin/losetup /dev/loop1 /var/lib/lab/meta.img',
      'ExecStart=/sbin/dmsetup create lab-data --table "0 131072 linear /dev/loop0 0"',
      'ExecStop=-/sbin/dmsetup remove lab-data',
      'ExecStop=-/sbin/losetup -d /dev/loop0',
      'ExecStop=-/sbin/losetup -d /dev/loop1',
    ]);
  });

  it('need no device-mapper where none is covered', () => {
    expect(loopDiskUnit([plain], ['drbd.service'])).not.to.include('dm');
  });
});
