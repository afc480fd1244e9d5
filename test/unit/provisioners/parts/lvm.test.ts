import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import type { PlanStep } from '../../../../lab/plan.ts';
import { lvmConf, volumePath, volumeSteps } from '../../../../provisioners/parts/lvm.ts';

const volume = {
  physicalVolume: '/dev/loop0',
  group: 'vol',
  name: 'data',
  after: 'disks.service',
  before: ['drbd.service'],
};

function textOf(steps: readonly PlanStep[]): string {
  return steps
    .map((step) =>
      step.kind === 'file' ? step.content : step.kind === 'run' ? step.commands.join('\n') : '',
    )
    .join('\n');
}

describe('a logical volume', () => {
  it('begins one MiB into its disk, and wipes nothing', () => {
    const text = textOf(volumeSteps(['nfs01'], volume, 96));
    expect(text).to.include('pvcreate -q --dataalignment 1m /dev/loop0');
    expect(text)
      .to.include('--size 96m --name data vol')
      .and.include('--zero n')
      .and.include('--wipesignatures n');
    expect(volumePath(volume)).to.equal('/dev/vol/data');
  });

  it('is there at every boot, after its disk and before what uses it', () => {
    const text = textOf(volumeSteps(['nfs01'], volume, 96));
    expect(text).to.include('Requires=disks.service\nAfter=disks.service\nBefore=drbd.service\n');
    expect(text).to.include('ExecStart=/sbin/vgchange --quiet --activate y vol');
  });

  it('is looked for on its own disk only', () => {
    const pattern = /global_filter = \[ "a\|(.*)\|", "r\|\.\*\|" \]/.exec(lvmConf('/dev/loop0'))?.[1] ?? '';
    const seen = (device: string): boolean => {
      try {
        execFileSync('grep', ['-q', pattern], { input: `${device}\n` });
        return true;
      } catch {
        return false;
      }
    };
    expect(seen('/dev/loop0')).to.equal(true);
    expect(['/dev/drbd0', '/dev/loop01', '/dev/loop1'].filter(seen)).to.deep.equal([]);
  });
});
