import { expect } from 'chai';
import { lab, labWhen, processesLeft, removeWorkFolder, runtimeFilesLeft } from './rig.ts';

describe('kill -9 of the command in the middle of a run', () => {
  it('leaves nothing that lab down --all does not end', async () => {
    await labWhen(
      /halt -f on nfs01/,
      (running) => {
        running.kill('SIGKILL');
      },
      ...['scenario', 'hard-halt', '--stack', 'heartbeat-sarge', '--keep'],
    );
    expect(processesLeft(), 'machines outlive the command').to.not.deep.equal([]);
    const outcome = await lab('down', '--all');
    expect(outcome.status, outcome.stderr).to.equal(0);
    expect(processesLeft()).to.deep.equal([]);
    expect(runtimeFilesLeft()).to.deep.equal([]);
  });

  after(removeWorkFolder);
});
