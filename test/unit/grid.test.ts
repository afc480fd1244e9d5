import { expect } from 'chai';
import { UsageError } from '../../lab/errors.ts';
import { axesOf, cellName, cellsOf } from '../../lab/grid.ts';
import { resolveSettings } from '../../lab/settings.ts';
import { heartbeatSarge } from '../../provisioners/heartbeat-sarge.ts';

const base = resolveSettings(heartbeatSarge, 'current', {});
const cells = (...texts: string[]) => cellsOf(heartbeatSarge, 'current', base, axesOf(heartbeatSarge, texts));

describe('a grid of settings', () => {
  it('has every combination once, the last setting changing first', () => {
    const grid = cells('deadtime=10,30', 'keepalive=1,2');
    expect(grid.map((cell) => cellName(cell.at))).to.deep.equal([
      'deadtime=10 keepalive=1',
      'deadtime=10 keepalive=2',
      'deadtime=30 keepalive=1',
      'deadtime=30 keepalive=2',
    ]);
    expect(grid[2]?.settings).to.deep.equal({ ...base, deadtime: 30, keepalive: 1 });
  });

  it('takes a text that the setting accepts as one value, and further values from a name given again', () => {
    expect(
      axesOf(heartbeatSarge, ['nfs.mountOptions=hard,proto=tcp', 'nfs.mountOptions=soft,timeo=20']),
    ).to.deep.equal([{ name: 'nfs.mountOptions', values: ['hard,proto=tcp', 'soft,timeo=20'] }]);
    expect(axesOf(heartbeatSarge, ['deadtime=3,5', 'deadtime=5,9'])).to.deep.equal([
      { name: 'deadtime', values: ['3', '5', '9'] },
    ]);
  });

  it('is refused as a whole when combinations contradict themselves, with each of them and its rule', () => {
    expect(() => cells('deadtime=6,12', 'keepalive=2,5'))
      .to.throw(UsageError)
      .with.property('message')
      .that.matches(
        /^1 of 4 combinations are refused, and nothing was started:\n {2}deadtime=6 keepalive=5: .*deadtime must be longer than twice keepalive$/,
      );
  });

  it('is refused for a value or a name that the stack does not have', () => {
    expect(() => cells('deadtime=3,soon')).to.throw(/deadtime=soon: .*seconds from 1 to 600/);
    expect(() => cells('deadtme=3,5')).to.throw(/has no setting "deadtme".*deadtime/);
  });

  it('is refused when nothing varies, when it is too large, and for texts of another form', () => {
    expect(() => cells('deadtime=5')).to.throw('nothing varies');
    expect(() => cells()).to.throw('nothing varies');
    const many = Array.from({ length: 201 }, (_, i) => String(100 + i)).join(',');
    expect(() => cells(`deadtime=${many}`)).to.throw('201 combinations are too many');
    for (const text of ['deadtime', '=3', 'deadtime=']) expect(() => cells(text)).to.throw(/not of the form/);
  });
});
