import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stacks } from '../../../../lab/cli/registry.ts';
import { resolveSettings } from '../../../../lab/settings.ts';
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

describe('a heartbeat that restarts itself', () => {
  for (const stack of stacks.filter(({ name }) => name.startsWith('heartbeat-')))
    it(`is no ended service for systemd, which has read so before it starts (${stack.name})`, () => {
      const secrets = Object.fromEntries(stack.secretNames.map((name) => [name, 'secret']));
      const steps = stack
        .plan('current', resolveSettings(stack, 'current', {}), secrets)
        .sections.flatMap((section) => section.steps);
      const dropIn = steps.findIndex(
        (step) => step.kind === 'file' && step.path === '/etc/systemd/system/heartbeat.service.d/lab.conf',
      );
      const start = steps.findIndex(
        (step) => step.kind === 'run' && step.commands.includes('systemctl restart heartbeat.service'),
      );
      const [written, started] = [steps[dropIn], steps[start]];
      if (written?.kind !== 'file' || started?.kind !== 'run') throw new Error('one of both is missing');
      expect(written.content).to.equal('[Service]\nRemainAfterExit=yes\n');
      expect(dropIn).to.be.lessThan(start);
      expect(started.commands[0]).to.equal('systemctl daemon-reload');
      expect(started.nodes).to.deep.equal(written.nodes);
    });
});
