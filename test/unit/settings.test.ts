import { expect } from 'chai';
import { UsageError } from '../../lab/errors.ts';
import { numberSetting, resolveSettings } from '../../lab/settings.ts';
import { heartbeatSarge as stack } from '../../provisioners/heartbeat-sarge.ts';

function refusal(overrides: unknown): UsageError {
  try {
    resolveSettings(stack, 'current', overrides);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(overrides)}`);
}

describe('settings of heartbeat-sarge', () => {
  it('are the defaults of the edition when nothing is given', () => {
    const settings = resolveSettings(stack, 'current', undefined);
    expect(settings).to.include({ keepalive: 2, deadtime: 10, autoFailback: true, 'drbd.size': 64 });
    expect(resolveSettings(stack, 'period', {})['drbd.size']).to.equal(26_624);
  });

  it('accept every default as text and as a value', () => {
    for (const edition of stack.editions)
      for (const setting of stack.settings) {
        const value = setting.defaults[edition];
        expect(setting.schema.parse(value), setting.name).to.equal(value);
        expect(setting.schema.parse(String(value)), setting.name).to.equal(value);
      }
  });

  it('understand units and nested YAML', () => {
    const settings = resolveSettings(stack, 'current', {
      keepalive: '500ms',
      drbd: { size: '1G', resyncRate: '20M' },
      nfs: { version: 4.1 },
      autoFailback: 'off',
    });
    expect(settings).to.include({
      keepalive: 0.5,
      'drbd.size': 1024,
      'drbd.resyncRate': 20,
      'nfs.version': '4.1',
      autoFailback: false,
    });
  });

  it('name the nearest when one is unknown', () => {
    const error = refusal({ deadtme: '5' });
    expect(error.message).to.contain('"deadtme"');
    expect(error.hint).to.contain('deadtime');
    expect(refusal({ __proto__x: 1 }).exitCode).to.equal(64);
  });

  const refused: Record<string, unknown[]> = {
    keepalive: ['0', '-1', 'soon', 61, '1;reboot', null, true, [2]],
    deadtime: ['0.5', '601', '1e3', '0x10'],
    warntime: ['0.1', 'x'],
    initdead: ['9', '1201'],
    autoFailback: ['maybe', 1, ''],
    'heartbeat.media': ['serial', 'eth+', 'eth,serial', ''],
    'drbd.protocol': ['D', 'c', ''],
    'drbd.size': ['16', '64G', '512K', '100.5', '512 apples'],
    'drbd.resyncRate': ['0', '5G', '10M; halt'],
    'nfs.version': ['2', '4', 4, '4.0', '3 '],
    'nfs.mountOptions': [
      'hard;reboot',
      'hard proto=tcp',
      "hard'",
      'hard,$(id)',
      'hard,`id`',
      'hard\nmount',
      'hard,,tcp',
      'vers=4',
      'hard,nfsvers=3',
      'v3',
      3,
    ],
    'nfs.leaseTime': ['9', '3601', '10.5'],
    'nfs.graceTime': ['9', '3601', '90.5'],
    'probe.intervalMs': ['9', '60001', '10.5', '0.5', '-1'],
  };

  for (const setting of stack.settings)
    it(`refuse bad values of ${setting.name} with its rule`, () => {
      const values = refused[setting.name] ?? [];
      expect(values).not.to.be.empty;
      for (const value of values) {
        const error = refusal({ [setting.name]: value });
        expect(error.message).to.match(new RegExp(`^${setting.name.replace('.', '\\.')}=`));
        expect(error.message.split(': ')[1]).to.have.length.above(3);
      }
    });

  const contradictions: [Record<string, string>, string][] = [
    [{ deadtime: '4', warntime: '3', keepalive: '2' }, 'deadtime must be longer than twice keepalive'],
    [{ warntime: '10' }, 'warntime must be shorter than deadtime'],
    [{ warntime: '2' }, 'warntime must be longer than keepalive'],
    [{ initdead: '10', deadtime: '20' }, 'initdead must be at least deadtime'],
    [{ 'nfs.graceTime': '30' }, 'graceTime must be at least leaseTime'],
  ];
  for (const [overrides, rule] of contradictions)
    it(`contradict each other: ${rule}`, () => {
      expect(refusal(overrides).message).to.contain(rule);
    });

  it('refuse what is no mapping', () => {
    expect(refusal(['deadtime']).message).to.contain('mapping');
    expect(refusal('deadtime=5').message).to.contain('mapping');
  });

  it('are read with their type', () => {
    expect(() => numberSetting({ deadtime: '10' }, 'deadtime')).to.throw(TypeError, 'deadtime');
  });
});
