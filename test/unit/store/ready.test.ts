import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '../../../lab/errors.ts';
import { makeReady } from '../../../lab/store/ready.ts';
import { failureOf } from '../../fakes/failure.ts';

describe('a results folder that is made ready', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-store-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is there then', async () => {
    await makeReady(join(folder, 'a', 'b'), 1);
    expect(existsSync(join(folder, 'a', 'b'))).to.equal(true);
  });

  it('is refused where it cannot be made, with the reason', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['file', 'file/below']) {
      const error = await failureOf(makeReady(join(folder, name), 1));
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.match(/^no run can be kept in .*: E(EXIST|NOTDIR)/);
    }
  });

  it('is refused where too little is free, with both figures', async () => {
    const error = await failureOf(makeReady(folder, 2 ** 60));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.match(/: \d+ MiB are free there, and it takes 1099511627776 MiB$/);
  });
});
