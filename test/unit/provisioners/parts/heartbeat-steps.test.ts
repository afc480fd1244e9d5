import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { wholeMessagesStep } from '../../../../provisioners/parts/heartbeat-steps.ts';

/** The function of heartbeat 3.0.6 that sends a message, between two others. */
const packaged = [
  'Echo() {',
  '  echo "$@"',
  '}',
  'ha_clustermsg() {',
  '\t(echo ">>>"; cat -; echo "<<<")\t| cat - >> $HA_FIFO',
  '}',
  '',
].join('\n');

describe('messages of heartbeat’s scripts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-heartbeat-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function mend(text: string): string {
    const file = join(folder, 'shellfuncs');
    writeFileSync(file, text);
    const step = wholeMessagesStep(['nfs01']);
    const commands = step.kind === 'run' ? step.commands : [];
    execFileSync('sh', ['-e', '-s'], {
      input: commands.join('\n').replaceAll('/etc/ha.d/shellfuncs', file),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return readFileSync(file, 'utf8');
  }

  it('are sent in one write, as they were', () => {
    const mended = mend(packaged);
    expect(mended.split('\n')).to.have.length(packaged.split('\n').length);
    const sent = join(folder, 'sent');
    const message = 't=ip-request-resp\ndest=nfs01\nipaddr=192.168.33.20/24/eth1\n';
    execFileSync('sh', ['-c', `HA_FIFO=$1; . "$2"; ha_clustermsg`, 'sh', sent, join(folder, 'shellfuncs')], {
      input: message,
    });
    expect(readFileSync(sent, 'utf8')).to.equal(`>>>\n${message}<<<\n`);
  });

  it('are mended once, also when the plan is applied again', () => {
    const mended = mend(packaged);
    expect(mend(mended)).to.equal(mended);
  });

  it('of another release are not taken for mended', () => {
    expect(() => mend(packaged.replace('(echo', '{ echo'))).to.throw('Command failed');
  });
});
