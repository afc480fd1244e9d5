import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runLab } from './run-lab.ts';

/** What is left of a lab that did not come up. */
async function failed(folder: string, name: string): Promise<string> {
  const logs = join(folder, '.lab', `${name}.failed`);
  await mkdir(join(logs, 'nodes', 'nfs01'), { recursive: true });
  await writeFile(join(logs, 'nodes', 'nfs01', 'ha-log'), 'Configuration error, heartbeat not started.');
  return logs;
}

describe('lab down, of a lab that did not come up', () => {
  it('removes its logs when it is purged, and says that there is no such lab otherwise', () =>
    inFolder(async (folder) => {
      const logs = await failed(folder, 'one');
      const other = await failed(folder, 'other');
      expect((await runLab(folder, ['down', 'one'])).code).to.equal(64);
      expect(existsSync(logs)).to.equal(true);
      const { code, stdout } = await runLab(folder, ['down', 'one', '--purge']);
      expect([code, stdout]).to.deep.equal([0, 'down: one\n']);
      expect([existsSync(logs), existsSync(other)]).to.deep.equal([false, true]);
      expect((await runLab(folder, ['down', 'one', '--purge'])).code).to.equal(64);
    }));

  it('removes those of every lab of the folder with --all --purge, and nothing that is no lab’s', () =>
    inFolder(async (folder) => {
      const logs = await failed(folder, 'one');
      const foreign = await failed(folder, 'Not a lab');
      expect((await runLab(folder, ['down', '--all'])).code).to.equal(0);
      expect(existsSync(logs)).to.equal(true);
      expect((await runLab(folder, ['down', '--all', '--purge'])).code).to.equal(0);
      expect([existsSync(logs), existsSync(foreign)]).to.deep.equal([false, true]);
    }));
});
