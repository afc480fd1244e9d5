import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stacks } from '../../../lab/cli/registry.ts';
import type { Setting } from '../../../lab/stack.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { planOf } from '../plans/plan-of.ts';
import { effectless, wordsOf } from './every-setting.ts';
import { keepsTheContract } from './every-stack.ts';

for (const stack of stacks) keepsTheContract(stack);

describe('what is asked of every setting', () => {
  const setting = (name: string): Setting => {
    const found = heartbeatSarge.settings.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no setting ${name}`);
    return found;
  };

  it('is asked of each word that its rule names', () => {
    expect(wordsOf(setting('nfs.version'))).to.deep.equal(['3', '4.1', '4.2']);
    expect(wordsOf(setting('autoFailback'))).to.deep.equal(['on', 'off']);
    expect(wordsOf(setting('deadtime'))).to.be.empty;
    expect(wordsOf(setting('nfs.mountOptions'))).to.be.empty;
    for (const { name, settings } of stacks) expect(settings.flatMap(wordsOf), name).to.have.length.above(6);
  });

  it('finds one that changes nothing, unless a period edition says that it leaves it out', () => {
    const same = planOf('current');
    const deaf = { ...heartbeatSarge, plan: () => same };
    expect(effectless(deaf, 'current', setting('nfs.version'), '4.1')).to.equal(
      'changes nothing in the plan',
    );
    expect(effectless(heartbeatSarge, 'current', setting('nfs.version'), '4.1')).to.equal(undefined);
    expect(effectless(heartbeatSarge, 'period', setting('nfs.version'), '4.1')).to.equal(undefined);
    const untold = { ...setting('nfs.version'), description: 'NFS protocol' };
    expect(effectless(heartbeatSarge, 'period', untold, '4.1')).to.equal('changes nothing in the plan');
  });

  it('finds a default that is none', () => {
    const other = { ...setting('drbd.protocol'), defaults: { period: 'A', current: 'A' } };
    expect(effectless(heartbeatSarge, 'current', other, 'A')).to.contain('said aloud it changes the plan');
  });
});

describe('the registry', () => {
  it('has the stack of every file in provisioners/, which has the name of its file', () => {
    const folder = fileURLToPath(new URL('../../../provisioners/', import.meta.url));
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(stacks.map(({ name }) => `${name}.ts`)).to.have.members(files);
  });
});
