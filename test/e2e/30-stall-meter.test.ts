import { join } from 'node:path';
import { expect } from 'chai';
import { measureFreezes } from '../../bench/stall-meter.ts';
import { silent } from '../../lab/progress.ts';
import { qemuProvider } from '../../lab/providers/qemu.ts';
import { up } from '../../lab/run.ts';
import { resolveSettings } from '../../lab/settings.ts';
import { heartbeatSarge } from '../../provisioners/heartbeat-sarge.ts';
import { workFolder } from './rig.ts';

describe('the stall meter', () => {
  it('measures a server that is frozen for a known time to within one interval of the writer, most times', async () => {
    const home = join(workFolder, '.lab');
    const settings = resolveSettings(heartbeatSarge, 'current', {});
    const { lab } = await up(
      {
        home,
        name: 'heartbeat-sarge',
        stack: heartbeatSarge,
        edition: 'current',
        settings,
        provider: qemuProvider({ home }),
      },
      silent,
      new AbortController().signal,
    );
    try {
      const freezes = await measureFreezes(lab, heartbeatSarge, settings, [1000, 1000, 1000, 1000, 1000]);
      const errors = freezes.map((freeze) => Math.abs(freeze.errorMs)).sort((one, other) => one - other);
      expect(errors[2], `median of ${JSON.stringify(freezes)}`).to.be.below(100);
    } finally {
      lab.close();
    }
  });
});
