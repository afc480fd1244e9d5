import { block, indented } from './lines.ts';
import type { ProvisionPhase, ProvisionScript, VagrantfileRequest } from './request.ts';
import { rubyComment, rubyString, rubyStrings, rubyText } from './ruby.ts';

/** What comes before `Vagrant.configure` when there is something to provision. */
export function provisioningPreamble(phases: readonly ProvisionPhase[]): string[] {
  if (phases.length === 0) return [];
  return [
    '',
    ...rubyComment(
      'The machines come up one after another, in the order below. Only when the last one is up can the cluster be built, for ' +
        'what is done on one machine needs what was done on others. So no provisioner runs by itself; the trigger of the last ' +
        'machine runs them, phase after phase.',
    ),
    'ENV["VAGRANT_NO_PARALLEL"] = "yes"',
  ];
}

/** A node's provisioners, inside its `define`. */
export function provisioners(phases: readonly ProvisionPhase[], node: string): string[] {
  return phases
    .flatMap(({ name, scripts }) => {
      const script = scripts.get(node);
      return script === undefined ? [] : [provisioner(name, script)];
    })
    .flatMap((lines, i) => (i === 0 || lines.length > 1 ? ['', ...lines] : lines));
}

function provisioner(name: string, script: ProvisionScript): string[] {
  const call = `node.vm.provision ${rubyString(name)}, type: "shell", run: "never"`;
  if ('path' in script) return [`${call}, path: ${rubyString(script.path)}`];
  // Vagrant takes carriage returns out of scripts unless they are declared binary.
  const binary = script.text.includes('\r') ? ', binary: true' : '';
  const { opening, following } = rubyText(script.text);
  return [`${call}${binary}, inline: ${opening}`, ...following];
}

/**
 * Runs the phases when the last machine is up, inside its `define`: as `vagrant provision NODE --provision-with PHASE` would,
 * one after the other. A run that broke off goes on where it stopped.
 */
export function provisioningTrigger(
  { topology }: VagrantfileRequest,
  phases: readonly ProvisionPhase[],
): string[] {
  if (phases.length === 0) return [];
  const body = [
    `machines = ${rubyStrings(topology.nodes.map((node) => node.name))}.to_h do |name|`,
    '  [name, env.machine(name.to_sym, machine.provider_name)]',
    'end',
    'missing = machines.reject { |_, each| each.state.id == :running }.keys',
    'unless missing.empty?',
    '  machine.ui.warn("the cluster is built when these are up, too: " + missing.join(", "))',
    '  next',
    'end',
    '',
    '# What is done is written down, under the machines it was done on: new machines begin anew.',
    'journal = machine.data_dir.join("provisioned")',
    'done = journal.file? ? journal.readlines(chomp: true) : []',
    'identity = machines.values.map(&:id).join(" ")',
    'done = [identity] unless done.first == identity',
    '[',
    ...indented(
      phases.map(({ name, scripts }) => `[${rubyString(name)}, ${rubyStrings([...scripts.keys()])}],`),
    ),
    '].each do |phase, names|',
    ...indented([
      'names.each do |name|',
      '  step = [phase, name].join(" ")',
      '  next if done.include?(step)',
      '',
      '  machines[name].action(:provision, provision_types: [phase.to_sym])',
      '  done << step',
      '  journal.write(done.join("\\n"))',
      'end',
    ]),
    'end',
  ];
  return [
    '',
    ...block('node.trigger.after :up do |trigger|', [
      'trigger.name = "Build the cluster"',
      ...block('trigger.ruby do |env, machine|', body),
    ]),
  ];
}
