import { Readable } from 'node:stream';
import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { earlierRuns } from '../../../lab/cli/earlier.ts';
import type { RunRecord } from '../../../lab/record.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { collector, inFolder } from './run-lab.ts';

/** A run as releases before the store kept it. */
async function keep(folder: string, id: string, text = JSON.stringify(recordOf(id))): Promise<void> {
  await mkdir(join(folder, id), { recursive: true });
  await writeFile(join(folder, id, 'record.json'), text);
}

function recordOf(id: string): RunRecord {
  const [, stack = '', scenario = ''] =
    /^[^-]+-(heartbeat-sarge|pacemaker-centos7)-(hard-halt|link-flap)-/.exec(id) ?? [];
  return exampleRecord({ id, stack, scenario });
}

describe('the earlier runs of a results folder', () => {
  it('are those of the stack and scenario, in order, with those of sweeps, and unreadable ones are told', () =>
    inFolder(async (folder) => {
      await keep(folder, '20260102T000000Z-heartbeat-sarge-hard-halt-aaaa');
      await keep(folder, '20260103T000000Z-heartbeat-sarge-link-flap-bbbb');
      await keep(folder, '20260104T000000Z-pacemaker-centos7-hard-halt-cccc');
      await keep(folder, '20260105T000000Z-heartbeat-sarge-hard-halt-dddd', '{');
      await keep(join(folder, 'sweep-20260101T000000Z'), '20260101T000000Z-heartbeat-sarge-hard-halt-eeee');
      const stderr = collector();
      const context = {
        cwd: folder,
        env: {},
        stdin: Readable.from([]),
        stdout: collector().stream,
        stderr: stderr.stream,
        signal: new AbortController().signal,
        exitWith: () => undefined,
      };
      const runs = await earlierRuns(context, folder, 'heartbeat-sarge', 'hard-halt');
      expect(runs.map((run) => run.id.slice(-4))).to.deep.equal(['eeee', 'aaaa']);
      expect(stderr.text()).to.contain(
        'nothing is learned from 20260105T000000Z-heartbeat-sarge-hard-halt-dddd',
      );
      expect(await earlierRuns(context, join(folder, 'none'), 'heartbeat-sarge', 'hard-halt')).to.deep.equal(
        [],
      );
    }));
});
