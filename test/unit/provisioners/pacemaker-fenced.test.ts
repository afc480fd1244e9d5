import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { pacemakerFenced } from '../../fixtures/pacemaker-fenced.ts';
import { fileOf, planOf } from '../plans/plan-of.ts';
import { keepsTheContract } from './every-stack.ts';

keepsTheContract(pacemakerFenced);

describe('pacemaker-fenced, the example of CONTRIBUTING', () => {
  const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

  it('differs from its relative in four defaults', () => {
    const plan = planOf('current', {}, pacemakerFenced);
    expect(plan.settings).to.include({ fencing: 'host', order: 'export-before-address', token: 4000 });
    expect(fileOf(plan, '/etc/drbd.d/nfs.res')).to.contain('fencing resource-and-stonith;');
    expect(fileOf(plan, '/root/lab-cib.xml')).to.contain('name="stonith-enabled" value="true"/>');
    expect(JSON.stringify(plan.sections)).to.contain('-o hard,vers=3');
  });

  it('stands there as it is here, but for the folder', () => {
    const file = text('test/fixtures/pacemaker-fenced.ts')
      .replaceAll("'../../provisioners/", "'./")
      .replaceAll("'../../lab/", "'../lab/");
    expect(text('CONTRIBUTING.md')).to.contain(`\`\`\`ts\n${file}\`\`\``);
  });
});
