import { expect } from 'chai';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** A source that breaks a rule of the house, where it would lie, and the words with which lint condemns it. */
interface Violation {
  file: string;
  source: string;
  rule: string;
  says: string;
}

const importing = (path: string): string => `import { x } from '${path}';\nexport const y = x;\n`;

function imports(file: string, path: string, says: string): Violation {
  return { file, source: importing(path), rule: 'no-restricted-imports', says };
}

const violations: Violation[] = [
  imports('lab/stall.ts', './providers/qemu.ts', 'a concept imports concepts only'),
  imports('lab/stall.ts', './checks/never-two-active.ts', 'a concept imports concepts only'),
  imports('lab/stall.ts', '../reports/html.ts', 'a concept imports concepts only'),
  imports('lab/stall.ts', './run.ts', 'import the runner'),
  imports('lab/machine.ts', 'ssh2', 'only lab/machines/ssh.ts'),
  imports('lab/run.ts', './providers/qemu.ts', 'the runner imports concepts'),
  imports('lab/run.ts', '../scenarios/hard-halt.ts', 'the runner imports concepts'),
  imports('lab/faults/halt.ts', '../providers/qemu.ts', 'an implementation imports concepts'),
  imports('lab/faults/halt.ts', '../cli/output.ts', 'only the command line'),
  imports('lab/faults/halt.ts', '../run.ts', 'import the runner'),
  imports('lab/run/stage.ts', '../probes/nfs-writer.ts', 'an implementation imports concepts'),
  imports('lab/run/stage.ts', '../cli/output.ts', 'only the command line'),
  imports('lab/store/open-store.ts', '../run/stage.ts', 'import the runner'),
  imports('lab/probes/writer.ts', '../../scenarios/hard-halt.ts', 'scenarios are handed in'),
  imports('lab/checks/never-two-active.ts', '../faults/halt.ts', 'an implementation imports concepts'),
  imports('lab/checks/never-two-active.ts', '../../reports/html.ts', 'nothing below the command line'),
  imports('lab/providers/qemu.ts', '../faults/halt.ts', 'an implementation imports concepts'),
  imports('lab/providers/qemu/lab.ts', '../../../provisioners/sarge.ts', 'stacks are handed in'),
  imports('lab/providers/qemu/lab.ts', 'ssh2', 'only lab/machines/ssh.ts'),
  imports(
    'lab/providers/virtualbox/hypervisor.ts',
    '../vagrant/lab.ts',
    'an implementation imports concepts',
  ),
  imports(
    'lab/providers/libvirt/hypervisor.ts',
    '../vagrant/command.ts',
    'an implementation imports concepts',
  ),
  imports(
    'lab/providers/libvirt/hypervisor.ts',
    '../vagrant/hypervisor.ts/x.ts',
    'an implementation imports',
  ),
  imports(
    'lab/providers/libvirt/hypervisor.ts',
    '../virtualbox/tools.ts',
    'an implementation imports concepts',
  ),
  imports('lab/providers/qemu/lab.ts', '../vagrant/hypervisor.ts', 'an implementation imports concepts'),
  imports('lab/providers/virtualbox/hypervisor.ts', '../../cli/output.ts', 'only the command line'),
  imports('lab/machines/ssh.ts', '../providers/qemu.ts', 'an implementation imports concepts'),
  imports('lab/cli/main.ts', 'ssh2', 'only lab/machines/ssh.ts'),
  imports('lab/cli/main.ts', '../../test/fixtures/record.ts', 'does not import its tests'),
  imports('Vagrantfile.ts', './lab/providers/vagrant.ts', 'the generator imports'),
  imports('Vagrantfile.ts', './lab/plans/shell.ts', 'the generator imports'),
  imports('Vagrantfile.ts', './lab/run.ts', 'import the runner'),
  imports('Vagrantfile.ts', './provisioners/sarge.ts', 'the generator imports'),
  imports('lab/vagrantfile/libvirt.ts', '../plans/shell.ts', 'an implementation imports concepts'),
  imports('lab/vagrantfile/libvirt.ts', '../../Vagrantfile.ts', 'only providers and the command line'),
  imports('provisioners/sarge.ts', '../Vagrantfile.ts', 'only providers and the command line'),
  imports('scenarios/hard-halt.ts', '../Vagrantfile.ts', 'only providers and the command line'),
  imports('reports/html.ts', '../Vagrantfile.ts', 'only providers and the command line'),
  imports('provisioners/sarge.ts', '../lab/providers/qemu.ts', 'a stack imports concepts'),
  imports('provisioners/parts/drbd.ts', '../../lab/faults/halt.ts', 'a stack imports concepts'),
  imports('provisioners/sarge.ts', '../lab/run.ts', 'import the runner'),
  imports('scenarios/hard-halt.ts', '../lab/providers/qemu.ts', 'never a provider'),
  imports('scenarios/hard-halt.ts', '../provisioners/sarge.ts', 'stacks are handed in'),
  imports('reports/html.ts', '../lab/provider.ts', 'a report imports record'),
  imports('reports/html/head.ts', '../../lab/stack.ts', 'a report imports record'),
  imports('lab/faults/halt.ts', 'node:process', 'use the global process'),
  {
    file: 'lab/faults/halt.ts',
    source: "export const load = () => import('../providers/qemu.ts');\n",
    rule: 'no-restricted-syntax',
    says: 'slips past',
  },
  {
    file: 'lab/record.ts',
    source: "export * from './stall.ts';\n",
    rule: 'no-restricted-syntax',
    says: 'no barrels',
  },
  {
    file: 'lab/record.ts',
    source: "export { longestStall } from './stall.ts';\n",
    rule: 'no-restricted-syntax',
    says: 'no barrels',
  },
  {
    file: 'lab/record.ts',
    source: 'export default 1;\n',
    rule: 'no-restricted-syntax',
    says: 'by its name',
  },
  {
    file: 'lab/record.ts',
    source: "console.log('hello');\n",
    rule: 'no-console',
    says: 'console',
  },
  {
    file: 'reports/terminal.ts',
    source: "process.stdout.write('hello');\n",
    rule: 'no-restricted-properties',
    says: 'only lab/cli',
  },
  {
    file: 'lab/run.ts',
    source: 'process.exitCode = 1;\n',
    rule: 'no-restricted-properties',
    says: 'only lab/cli',
  },
  {
    file: 'lab/record.ts',
    source: '/* eslint-disable no-console */\nconsole.log(1);\n',
    rule: 'no-console',
    says: 'console',
  },
];

const permitted: { file: string; source: string }[] = [
  { file: 'lab/stall.ts', source: importing('./record.ts') },
  { file: 'Vagrantfile.ts', source: importing('./lab/topology.ts') },
  { file: 'Vagrantfile.ts', source: importing('./lab/vagrantfile/ruby.ts') },
  { file: 'lab/providers/vagrant/make.ts', source: importing('../../../Vagrantfile.ts') },
  { file: 'lab/cli/commands/vagrantfile.ts', source: importing('../../../Vagrantfile.ts') },
  { file: 'lab/run.ts', source: importing('./run/window.ts') },
  { file: 'lab/faults/halt.ts', source: importing('../fault.ts') },
  { file: 'lab/fabric/switch.ts', source: importing('./port.ts') },
  { file: 'lab/providers/qemu/lab.ts', source: importing('../../fabric/client.ts') },
  { file: 'lab/providers/virtualbox/hypervisor.ts', source: importing('../vagrant/hypervisor.ts') },
  { file: 'lab/providers/libvirt/hypervisor.ts', source: importing('../vagrant/hypervisor.ts') },
  { file: 'lab/providers/libvirt.ts', source: importing('./qemu/accelerator.ts') },
  { file: 'lab/machines/ssh.ts', source: importing('ssh2') },
  { file: 'lab/cli/main.ts', source: importing('../providers/qemu.ts') },
  { file: 'lab/cli/main.ts', source: "process.exitCode = 1;\nconsole.log('hello');\n" },
  { file: 'lab/fabric/main.ts', source: 'export const [, , folder] = process.argv;\n' },
  { file: 'provisioners/sarge.ts', source: importing('../lab/platforms/debian-12.ts') },
  { file: 'provisioners/heartbeat/plan.ts', source: importing('../parts/drbd.ts') },
  { file: 'scenarios/hard-halt.ts', source: importing('../lab/checks/never-two-active.ts') },
  { file: 'scenarios/hard-halt.ts', source: importing('../lab/faults/halt.ts') },
  { file: 'reports/html/head.ts', source: importing('../../lab/record.ts') },
  { file: 'bench/main.ts', source: importing('../lab/fabric/start.ts') + "console.log('hello');\n" },
];

describe('the rules of the house', () => {
  /** The real configuration; the sources do not exist, so rules that need types are left out. */
  const eslint = new ESLint({
    overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
  });

  async function lint(file: string, source: string): Promise<string[]> {
    const [result] = await eslint.lintText(source, { filePath: file });
    const messages = result?.messages ?? [];
    return messages
      .filter((message) => message.severity === 2)
      .map((message) => `${message.ruleId ?? 'parser'}: ${message.message}`);
  }

  for (const { file, source, rule, says } of violations) {
    it(`condemn ${JSON.stringify(source.split('\n')[0])} in ${file}`, async () => {
      const complaints = await lint(file, source);
      expect(complaints.filter((each) => each.startsWith(rule) && each.includes(says))).to.have.length(
        1,
        complaints.join('\n'),
      );
    });
  }

  for (const { file, source } of permitted) {
    it(`permit ${JSON.stringify(source.split('\n')[0])} in ${file}`, async () => {
      expect(await lint(file, source)).to.deep.equal([]);
    });
  }
});
