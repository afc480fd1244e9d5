import { expect } from 'chai';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Stack } from '../../../lab/stack.ts';
import { Topology } from '../../../lab/topology.ts';
import { planOf } from '../plans/plan-of.ts';
import { acceptsEverySetting } from './every-setting.ts';
import { explainsTakeovers } from './explains-takeovers.ts';

/** What holds for every stack, whatever it consists of. */
export function keepsTheContract(stack: Stack): void {
  describe(`every stack: ${stack.name}`, () => {
    for (const edition of stack.editions) {
      it(`has the same plan every time, on nodes of its topology (${edition})`, () => {
        const plan = planOf(edition, {}, stack);
        expect(JSON.stringify(plan)).to.equal(JSON.stringify(planOf(edition, {}, stack)));
        expect(plan.stack).to.equal(stack.name);
        expect(plan.edition).to.equal(edition);
        const names = Topology.parse(stack.topology(edition)).nodes.map((node) => node.name);
        expect(plan.nodes.map((node) => node.name)).to.deep.equal(names);
        for (const step of plan.sections.flatMap((section) => section.steps)) {
          expect(names).to.include.members([...step.nodes]);
          expect(step.nodes).not.to.be.empty;
        }
      });

      it(`has secrets only where they belong (${edition})`, () => {
        for (const step of planOf(edition, {}, stack).sections.flatMap((section) => section.steps))
          if (step.kind !== 'file' || step.secret !== true)
            expect(JSON.stringify(step)).not.to.contain('c0ffee5ec2e7');
      });

      it(`serves at an address that its topology lets move, from one of its servers (${edition})`, () => {
        const topology = stack.topology(edition);
        const { address, furtherAddresses = [], network } = stack.service(edition);
        expect(
          topology.serviceAddresses.map((each) => [each.address.split('/')[0], each.network]),
        ).to.deep.equal([address, ...furtherAddresses].map((each) => [each, network]));
        const servers = topology.nodes.filter((node) => node.role === 'server').map((node) => node.name);
        expect(servers).to.include(stack.preferredActive(edition));
      });

      it(`accepts its own defaults (${edition})`, () => {
        const defaults = resolveSettings(stack, edition, {});
        for (const setting of stack.settings)
          expect(setting.schema.parse(String(defaults[setting.name])), setting.name).to.equal(
            defaults[setting.name],
          );
      });

      it(`says between which signs of life a fault can come (${edition})`, () => {
        const values = resolveSettings(stack, edition, {});
        expect(stack.heartbeatIntervalMs(values)).to.be.within(100, stack.detectionMs(values));
      });

      it(`waits longer than its budget (${edition})`, () => {
        const values = resolveSettings(stack, edition, {});
        for (const cause of ['node-lost', 'planned'] as const) {
          const { seconds, terms } = stack.budget({ cause, from: 'a', to: 'b', emulated: true }, values);
          expect(seconds).to.be.closeTo(
            terms.reduce((total, term) => total + term.seconds, 0),
            1e-9,
          );
          expect(stack.patience(values).takeoverMs).to.be.above(1000 * seconds);
          for (const term of terms) expect(term.from).to.have.length.above(10);
        }
      });

      it(`explains its takeovers (${edition})`, () => {
        explainsTakeovers(stack, resolveSettings(stack, edition, {}));
      });
    }

    it('installs only packages that the image of its platform has', () => {
      const image = stack.platform('current').image?.packages ?? [];
      for (const step of planOf('current', {}, stack).sections.flatMap((section) => section.steps))
        if (step.kind === 'packages') expect(image).to.include.members([...step.packages]);
    });

    it('has errata that each say where, what, what is right, why, and what is done about it', () => {
      expect(stack.errata).not.to.be.empty;
      const sections = planOf('period', {}, stack).sections.map((section) => section.articleSection);
      for (const erratum of stack.errata) {
        expect(sections).to.include(erratum.section);
        for (const text of [erratum.says, erratum.right, erratum.why, erratum.handling])
          expect(text, erratum.says).to.have.length.above(4);
        expect(erratum.right, erratum.says).not.to.equal(erratum.says);
      }
      const order = stack.errata.map((erratum) => sections.indexOf(erratum.section));
      expect(order).to.deep.equal([...order].sort((a, b) => a - b));
      expect(new Set(stack.errata.map((erratum) => erratum.says)).size).to.equal(stack.errata.length);
    });

    acceptsEverySetting(stack);
  });
}
