import { expect } from 'chai';
import { stacks } from '../../../lab/cli/registry.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import { Topology } from '../../../lab/topology.ts';
import { planOf } from '../plans/plan-of.ts';

for (const stack of stacks)
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
      it(`predicts no more than its budget allows, and knows the settings of its timers (${edition})`, () => {
        const values = resolveSettings(stack, edition, {});
        for (const cause of ['node-lost', 'planned'] as const) {
          const takeover = { cause, from: 'a', to: 'b', emulated: true };
          const { timers, clients, settings } = stack.timing(takeover, values);
          for (const timer of timers) {
            expect(timer.leastSeconds).to.be.within(0, timer.likelySeconds);
            expect(timer.likelySeconds).to.be.at.most(timer.mostSeconds);
          }
          const most = timers.reduce((total, timer) => total + timer.mostSeconds, 0);
          expect(most + clients.mostSeconds(most)).to.be.below(stack.budget(takeover, values).seconds);
          expect(Object.keys(values)).to.include.members([...settings]);
          expect(timers.length > 0).to.equal(cause === 'node-lost');
        }
      });

      it(`means each term of its budget for phases that it has, and says what shortening one risks (${edition})`, () => {
        const values = resolveSettings(stack, edition, {});
        const takeovers = (['node-lost', 'planned'] as const).map(
          (cause) => ({ cause, from: 'a', to: 'b', emulated: true }) as const,
        );
        const phases = takeovers.flatMap((takeover) => stack.phases(takeover, values));
        for (const term of takeovers.flatMap((takeover) => stack.budget(takeover, values).terms)) {
          expect(term.phases, term.name).not.to.be.empty;
          expect(phases.map((phase) => phase.name)).to.include.members(term.phases ?? ['none']);
        }
        for (const { change, risk, source } of phases.flatMap((phase) => phase.shorten ?? []))
          for (const text of [change, risk, source]) expect(text).to.have.length.above(10);
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
  });
