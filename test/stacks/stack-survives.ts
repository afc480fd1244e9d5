import { expect } from 'chai';
import { hardHalt } from '../../scenarios/hard-halt.ts';
import { lab, processesLeft, runtimeFilesLeft } from '../e2e/rig.ts';
import { expectPass, soundRun } from '../e2e/sound-run.ts';

/**
 * A stack from nothing to nothing on the embedded provider: up, the active server halted, down.
 * @param settings as for --set
 * @param phases those that the stall must be seen to consist of, in this order, among others
 */
export function stackSurvives(
  stack: string,
  { settings = [], phases = [] }: { settings?: readonly string[]; phases?: readonly string[] } = {},
): void {
  const set = settings.flatMap((setting) => ['--set', setting]);
  describe([stack, 'from nothing', ...settings].join(', '), () => {
    it('comes up healthy', async () => {
      const outcome = await lab('up', stack, ...set, '--json');
      expect(outcome.status, outcome.stderr).to.equal(0);
      const { how, health } = JSON.parse(outcome.stdout) as {
        how: string;
        health: { ok: boolean; what: string; found: string }[];
      };
      expect(how).to.equal('provisioned');
      expect(health.filter((condition) => !condition.ok)).to.deep.equal([]);
      expect(health).not.to.be.empty;
    });

    it('passes hard-halt; the phases of the stall add up to it, and how it was detected was seen', async () => {
      const run = await soundRun('hard-halt', stack, settings);
      expectPass(run, hardHalt.checks.length);
      const { record } = run;
      expect(record.stallSeconds).to.be.greaterThan(1);
      const total = record.phases.reduce((sum, phase) => sum + Math.round((phase.seconds ?? 0) * 1000), 0);
      expect(total).to.equal(Math.round((record.stallSeconds ?? 0) * 1000));
      const seen = record.phases.filter((phase) => phase.observed).map((phase) => phase.name);
      expect(seen.filter((name) => phases.includes(name))).to.deep.equal(phases);
      expect(record.phases[0]?.observed, record.phases[0]?.name).to.equal(true);
    });

    it('leaves nothing when it is taken down', async () => {
      const outcome = await lab('down', stack, '--purge');
      expect(outcome.status, outcome.stderr).to.equal(0);
      expect(processesLeft()).to.deep.equal([]);
      expect(runtimeFilesLeft().filter((file) => file.includes('/'))).to.deep.equal([]);
      expect(JSON.parse((await lab('list', 'labs', '--json')).stdout)).to.deep.equal([]);
    });
  });
}
