import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stacks } from '../../../lab/cli/registry.ts';
import { keepsTheContract } from './every-stack.ts';

for (const stack of stacks) keepsTheContract(stack);

describe('the registry', () => {
  it('has the stack of every file in provisioners/, which has the name of its file', () => {
    const folder = fileURLToPath(new URL('../../../provisioners/', import.meta.url));
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(stacks.map(({ name }) => `${name}.ts`)).to.have.members(files);
  });
});
