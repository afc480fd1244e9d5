import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { scenarios } from '../../../lab/cli/registry.ts';
import { toldStage } from '../../fakes/stage.ts';

const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');

/** First cells of the table under a heading. */
function rows(heading: string): string[] {
  const [, part = ''] = page.split(`\n${heading}\n`);
  const [section = ''] = part.split(/\n##+ /);
  return [...section.matchAll(/^\| `([\w-]+)`/gm)].map(([, name = '']) => name);
}

describe('the page of scenarios', () => {
  it('has every scenario, with its title and question, and no other', () => {
    expect(rows('## What there is')).to.deep.equal(scenarios.map(({ name }) => name));
    for (const { title, question } of scenarios) expect(page).to.include(`${title}. ${question}`);
  });

  it('has every fault, and no other', () => {
    const files = readdirSync(new URL('../../../lab/faults/', import.meta.url));
    const faults = files.filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, ''));
    expect(rows('## Faults').sort()).to.deep.equal(faults.sort());
  });

  it('has every word of a stage, and no other', () => {
    expect(rows('### Words').sort()).to.deep.equal(Object.keys(toldStage().stage).sort());
  });
});
