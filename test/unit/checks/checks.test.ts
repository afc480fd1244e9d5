import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { judge } from '../../../lab/check.ts';
import type { Check } from '../../../lab/check.ts';
import { RunRecord } from '../../../lab/record.ts';
import type { CheckCases } from './check-cases.ts';

const checksFolder = new URL('../../../lab/checks/', import.meta.url);
const casesFolder = new URL('./cases/', import.meta.url);

/** Checks that can say `unknown` at worst: they judge the rig, or whether there was anything to judge. */
const neverFailing = ['measurement-sound', 'two-active-seen'];

async function load(folder: URL, file: string): Promise<unknown[]> {
  return Object.values((await import(new URL(file, folder).href)) as Record<string, unknown>);
}

const files = readdirSync(checksFolder).filter((file) => file.endsWith('.ts'));
const proven = await Promise.all(
  files.map(async (file) => {
    const checks = (await load(checksFolder, file)) as Partial<Check>[];
    const [cases] = (await load(casesFolder, file)) as CheckCases[];
    return { file, checks: checks.filter((each) => typeof each.judge === 'function') as Check[], cases };
  }),
);

describe('the checks', () => {
  it('are some', () => {
    expect(files).to.have.length.greaterThan(0);
  });

  for (const { file, checks, cases } of proven) {
    const name = file.replace(/\.ts$/, '');

    describe(name, () => {
      it('is one check, named like its file', () => {
        expect(checks.map((check) => check.name)).to.deep.equal([name]);
      });

      it('has a record it passes, one it condemns and one it leaves unknown', () => {
        expect(cases?.passes ?? []).to.have.length.greaterThan(0);
        expect(cases?.leavesUnknown ?? []).to.have.length.greaterThan(0);
        if (!neverFailing.includes(name)) expect(cases?.condemns ?? []).to.have.length.greaterThan(0);
      });

      for (const [verdict, told, examples] of [
        ['pass', 'passes', cases?.passes],
        ['fail', 'condemns', cases?.condemns],
        ['unknown', 'leaves unknown:', cases?.leavesUnknown],
      ] as const) {
        for (const { what, record, says } of examples ?? []) {
          it(`${told} ${what}`, () => {
            expect(RunRecord.safeParse(record).success, 'the case is a valid record').to.equal(true);
            const [result] = judge(record, checks);
            expect(result?.message).to.include(says);
            expect(result?.verdict).to.equal(verdict);
          });
        }
      }
    });
  }
});
