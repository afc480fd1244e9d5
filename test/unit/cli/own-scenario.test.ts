import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadScenario, scenarioFrom } from '../../../lab/cli/own-scenario.ts';
import { UsageError } from '../../../lab/errors.ts';
import { failureOf } from '../../fakes/failure.ts';
import { toldStage } from '../../fakes/stage.ts';
import { inFolder, runLab } from './run-lab.ts';

const example = fileURLToPath(new URL('../../fixtures/own-scenarios/standby-reset.ts', import.meta.url));
const whole = {
  name: "'mine'",
  title: "'What happens'",
  question: "'What is asked?'",
  needs: "['power']",
  run: 'async () => undefined',
  checks: "[{ name: 'c', judge: () => ({ verdict: 'pass', message: '' }) }]",
};

function source(changes: Partial<Record<string, string | undefined>> = {}): string {
  const fields = Object.entries<string | undefined>({ ...whole, ...changes });
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${value},`]));
  return `export const scenario = {\n${lines.join('\n')}\n};\n`;
}

const faulty: [string, string, RegExp][] = [
  ['a file that exports nothing', 'export {};\n', /exports no "scenario"; it exports nothing/],
  ['a default export', 'export default {};\n', /exports no "scenario"; it exports default/],
  ['no object', 'export const scenario = 3;\n', /not a valid scenario/],
  ['no run', source({ run: undefined }), /run: expected a function: what happens, with a stage/],
  ['no question', source({ question: undefined }), /question: /],
  [
    'a need that nothing has',
    source({ needs: "['powr']" }),
    /needs\[0\]: "powr" is not allowed; did you mean power/,
  ],
  ['no check', source({ checks: '[]' }), /checks: without a check every run is unknown/],
  [
    'a check that cannot judge',
    source({ checks: "[{ name: 'c' }]" }),
    /checks\[0\]\.judge: expected a function/,
  ],
  ['a name for no folder', source({ name: "'../x'" }), /name: lower-case letters/],
  [
    'a name that is taken',
    source({ name: "'hard-halt'" }),
    /hard-halt is the name of a scenario of lab’s own/,
  ],
  ['a word that is not known', source({ chekcs: '[]' }), /"chekcs" is not known here; did you mean checks/],
  ['what is no program', 'export const scenario = {;\n', /cannot be loaded/],
];

describe('a scenario of the user’s own', () => {
  it('is loaded from its file, whole', async () => {
    const scenario = await scenarioFrom(example, '/');
    expect(scenario.name).to.equal('standby-reset');
    const { stage, said } = toldStage();
    await scenario.run(stage);
    expect(said).to.include('inject: reset nfs01').and.include('heal: reset nfs01');
  });

  it('is meant by a path alone: a bare word is a name', async () => {
    expect((await scenarioFrom('hard-halt', '/')).name).to.equal('hard-halt');
    expect((await failureOf(scenarioFrom('mine', '/'))).message).to.equal('unknown scenario "mine"');
    expect((await failureOf(scenarioFrom('./mine.ts', '/nowhere'))).message).to.equal(
      'there is no file /nowhere/mine.ts',
    );
  });

  for (const [i, [what, text, says]] of faulty.entries())
    it(`is refused with what is wrong: ${what}`, () =>
      inFolder(async (folder) => {
        const file = join(folder, `mine-${String(i)}.ts`);
        await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
        await writeFile(file, text);
        const error = await failureOf(loadScenario(file));
        expect(error).to.be.instanceOf(UsageError);
        expect(error.message).to.match(says);
        expect(error.message).to.include(file);
      }));

  it('ends the command with 64 when it is not one, before anything is looked at', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'x'));
      await writeFile(join(folder, 'x', 'mine.mjs'), source({ run: undefined }));
      const { code, stderr } = await runLab(folder, [
        'scenario',
        './x/mine.mjs',
        '--stack',
        'heartbeat-sarge',
      ]);
      expect(stderr).to.match(
        /not a valid scenario:\n {2}run: expected a function[^]*\nhint: docs\/scenarios\.md/,
      );
      expect(code).to.equal(64);
    }));

  it('is refused on a cluster on which it makes no sense, with those on which it does', () =>
    inFolder(async (folder) => {
      const unsuited = "({ stack }) => (stack.name === 'heartbeat-sarge' ? 'it has no disk' : undefined)";
      await writeFile(join(folder, 'mine.mjs'), source({ unsuited }));
      const { code, stderr } = await runLab(folder, ['scenario', './mine.mjs', '--stack', 'heartbeat-sarge']);
      expect(stderr).to.match(
        /^lab: mine makes no sense on heartbeat-sarge: it has no disk\nhint: --stack \S+/,
      );
      expect(code).to.equal(64);
    }));

  it('stands in docs/scenarios.md as it is tested here, for a file beside the folder lab', () => {
    const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
    const shown = /```ts\n(import [^]*?)```/.exec(page)?.[1];
    expect(shown).to.equal(readFileSync(example, 'utf8').replaceAll("'../../../lab/", "'./lab/"));
  });
});
