import { expect } from 'chai';
import type { Anatomy } from '../../../lab/anatomy.ts';
import { stacks } from '../../../lab/cli/registry.ts';
import { resolveSettings } from '../../../lab/settings.ts';
import type { Stack } from '../../../lab/stack.ts';
import { heartbeatLennyVm } from '../../../provisioners/heartbeat-lenny-vm.ts';
import { heartbeatSarge } from '../../../provisioners/heartbeat-sarge.ts';
import { pacemakerCentos7 } from '../../../provisioners/pacemaker-centos7.ts';
import { planOf } from '../plans/plan-of.ts';

function anatomyOf(stack: Stack, changes: Record<string, string> = {}): Anatomy {
  const anatomy = stack.anatomy('current', resolveSettings(stack, 'current', changes));
  if (anatomy === undefined) throw new Error(`${stack.name} has no anatomy`);
  return anatomy;
}

/** Everything that the plan of the current edition writes and runs, as one text. */
function planText(stack: Stack): string {
  const plan = planOf('current', {}, stack);
  return plan.sections
    .flatMap((section) => section.steps)
    .map((step) =>
      step.kind === 'file'
        ? `${step.path}\n${step.content}`
        : step.kind === 'run'
          ? step.commands.join('\n')
          : step.kind === 'packages'
            ? step.packages.join('\n')
            : step.until,
    )
    .join('\n');
}

for (const stack of stacks)
  describe(`what faults take hold of in ${stack.name}`, () => {
    const anatomy = anatomyOf(stack);
    const text = planText(stack);

    it('is named for the edition that was run, and for no other', () => {
      expect(stack.anatomy('period', resolveSettings(stack, 'period', {}))).to.equal(undefined);
    });

    it('is on networks of its topology, that of the service among them', () => {
      const { networks } = stack.topology('current', resolveSettings(stack, 'current', {}));
      const { service, replication, heartbeat } = anatomy.networks;
      expect(networks.map(({ name }) => name)).to.include.members([service, replication, ...heartbeat]);
      expect(service).to.equal(stack.service('current').network);
    });

    it('is the port, the device and the mount point of the plan', () => {
      const { tcpPort, backingDisk, mountPoint } = anatomy.replication;
      expect(text).to.match(new RegExp(`address +[0-9.]+:${String(tcpPort)};`));
      expect(text).to.include(mountPoint);
      const volume = backingDisk.replace('-', '/');
      expect(text).to.match(new RegExp(`disk +(/dev/mapper/${backingDisk}|/dev/${volume});`));
    });

    it('has the resource of the plan in the orders that end a split brain', () => {
      const resource = /^resource (\S+) \{/m.exec(text)?.[1] ?? 'none';
      const [away, again] = anatomy.replication.discard('nfs01', 'nfs02');
      expect(away).to.include({ node: 'nfs01' });
      expect(away?.command).to.match(new RegExp(`drbdadm connect --discard-my-data ${resource}$`));
      expect(again).to.include({ node: 'nfs02' });
      expect(anatomy.replication.reattach('nfs02').command).to.equal(`drbdadm attach ${resource}`);
    });

    it('brings the clients back as the plan did, where a boot takes the service from them', () => {
      for (const client of ['sv01', 'sv02'])
        for (const command of (anatomy.clientReturns?.(client).command ?? '').split(' && '))
          expect(text).to.include(command);
    });
  });

describe('what differs between stacks and settings', () => {
  it('is a serial line beside the network', () => {
    expect(anatomyOf(heartbeatSarge).networks.serialLine).to.equal(undefined);
    expect(anatomyOf(heartbeatSarge, { 'heartbeat.media': 'eth+serial' }).networks.serialLine).to.equal(true);
    expect(anatomyOf(heartbeatLennyVm).networks.heartbeat).to.deep.equal(['crossover']);
  });

  it('is whether a lost server is fenced', () => {
    expect(anatomyOf(pacemakerCentos7).fences).to.equal(false);
    expect(anatomyOf(pacemakerCentos7, { fencing: 'host' }).fences).to.equal(true);
  });

  it('is how the service is moved: heartbeat asks, Pacemaker forbids a place until that is forgotten', () => {
    const { takeover, forget } = anatomyOf(heartbeatSarge).moves;
    expect(takeover('nfs01', 'nfs02')).to.include({ node: 'nfs01', title: 'nfs01 asks for the service' });
    expect(forget).to.equal(undefined);
    const moves = anatomyOf(pacemakerCentos7).moves;
    expect(moves.standby('nfs01').command).to.equal(
      'crm_resource --ban --resource drbd-master --promoted --node nfs01',
    );
    expect(moves.takeover('nfs01', 'nfs02').command).to.equal(
      'crm_resource --clear --resource drbd-master && crm_resource --ban --resource drbd-master --promoted --node nfs02',
    );
    expect(moves.forget?.('nfs01').command).to.equal('crm_resource --clear --resource drbd-master');
  });

  it('is how long a lonely server waits: for DRBD and heartbeat what their settings say', () => {
    const { waitMs, from } = anatomyOf(heartbeatSarge, { initdead: '40' }).bootAlone;
    // DRBD takes the shorter of its two timeouts, whatever it is told.
    expect(waitMs).to.equal(100_000);
    expect(from).to.include('wfc-timeout=60').and.include('degr-wfc-timeout=120').and.include('initdead=40');
    expect(planText(heartbeatSarge)).to.include('degr-wfc-timeout 120;').and.include('wfc-timeout 60;');
  });
});
